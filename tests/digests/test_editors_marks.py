"""What editors did survives a rebuild, whatever the new build brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newsdesk.digests.building.editors_marks import Arrangement, Kept, arrange
from newsdesk.digests.building.page_order import Page, Spot, in_order, places, put, without
from newsdesk.digests.shape import Section

THEMES = ("launches", "policy", "compute")
STORIES = range(12)

spots = st.builds(Spot, st.sampled_from(STORIES), st.sampled_from(Section), st.sampled_from(THEMES))
pages = st.lists(spots, max_size=9, unique_by=lambda spot: spot.story).map(in_order)
flags = st.booleans()


@st.composite
def befores(draw: st.DrawFn) -> list[Kept]:
    """The items of a digest that editors worked on; some of their stories were merged since."""
    page = draw(pages)
    place = places(page)
    rows = [
        Kept(n, spot.story, spot.section, spot.theme, place[spot.story], draw(flags), draw(flags), draw(flags))
        for n, spot in enumerate(page)
    ]
    out = draw(st.lists(spots, max_size=3, unique_by=lambda spot: spot.story))
    dropped = [
        Kept(100 + n, s.story, s.section, s.theme, 0, draw(flags), draw(flags), draw(flags), is_dropped=True)
        for n, s in enumerate(out)
    ]
    merged = draw(st.dictionaries(st.sampled_from(STORIES), st.sampled_from(STORIES), max_size=3))
    return [replace(row, story=merged.get(row.story, row.story)) for row in (*rows, *dropped)]


def as_items(arranged: Arrangement) -> list[Kept]:
    """The arrangement as the rows that it is stored as."""
    place = places(arranged.page)
    blank = Kept(0, 0, "", "")
    rows = [
        replace(
            arranged.kept.get(spot.story, blank),
            row=n,
            story=spot.story,
            section=spot.section,
            theme=spot.theme,
            place=place[spot.story],
        )
        for n, spot in enumerate(arranged.page)
    ]
    return [*rows, *arranged.dropped.values()]


def stories(page: Sequence[Spot]) -> list[int]:
    return [spot.story for spot in page]


@given(pages, befores(), st.sets(st.sampled_from(STORIES), max_size=3))
def test_the_merged_page_is_a_page_and_tells_no_story_twice(fresh: Page, before: list[Kept], untold: set[int]) -> None:
    arranged = arrange(fresh, before, untold=untold)
    assert in_order(arranged.page) == arranged.page
    assert len(set(stories(arranged.page))) == len(arranged.page)
    assert [spot.section for spot in arranged.page].count("lead") == (1 if arranged.page else 0)
    assert not set(arranged.dropped) & set(stories(arranged.page))
    assert not untold & set(stories(arranged.page))


@given(pages, befores())
def test_what_editors_marked_survives_and_nothing_else(fresh: Page, before: list[Kept]) -> None:
    arranged = arrange(fresh, before)
    on_page = set(stories(arranged.page))
    for one in before:
        group = [other for other in before if other.story == one.story]
        standing = [other for other in group if not other.is_dropped]
        if not standing:
            assert one.story in arranged.dropped
        elif any(other.is_rewritten or other.is_added or other.is_placed for other in standing):
            assert one.story in on_page
            kept = arranged.kept[one.story]
            assert kept.is_rewritten == any(other.is_rewritten for other in standing)
            if kept.is_rewritten:
                assert kept.row in {other.row for other in standing if other.is_rewritten}
    marked = {one.story for one in before}
    assert {story for story in on_page if story not in marked} == {s.story for s in fresh if s.story not in marked}


@given(pages, befores())
def test_a_placed_story_keeps_its_section_and_its_place(fresh: Page, before: list[Kept]) -> None:
    before = [one for n, one in enumerate(before) if one.story not in {other.story for other in before[:n]}]
    arranged = arrange(fresh, before)
    place = places(arranged.page)
    for spot in arranged.page:
        kept = arranged.kept.get(spot.story)
        if kept is None or not kept.is_placed:
            continue
        if kept.section == "lead" or spot.section != "lead":
            assert spot.section == kept.section
        row = [other for other in arranged.page if other.row == spot.row]
        same_theme = kept.theme == spot.theme or spot.section != "short"
        if spot.section == kept.section and same_theme and kept.place < len(row) and _is_alone(spot, before, fresh):
            assert place[spot.story] == kept.place


def _is_alone(spot: Spot, before: Sequence[Kept], fresh: Page) -> bool:
    """Whether no second placed story wants the same place, and no other one was led away from its row."""
    rivals = [one for one in before if one.is_placed and not one.is_dropped and one.section == spot.section]
    return len(rivals) == 1 and any(s.section == "lead" and s.story != spot.story for s in fresh)


@given(pages, befores())
def test_building_again_from_the_same_news_changes_nothing(fresh: Page, before: list[Kept]) -> None:
    once = arrange(fresh, before)
    again = arrange(fresh, as_items(once))
    assert again.page == once.page
    assert set(again.dropped) == set(once.dropped)


@given(pages)
def test_without_marks_the_new_build_stands(fresh: Page) -> None:
    before = [Kept(n, spot.story, spot.section, spot.theme) for n, spot in enumerate(fresh[::-1])]
    assert arrange(fresh, before) == Arrangement(fresh, {}, {})


@given(pages, spots, st.integers(0, 12))
def test_a_story_is_put_where_it_is_told_to_be(page: Page, spot: Spot, place: int) -> None:
    moved = put(page, spot, place)
    assert set(stories(moved)) == {*stories(page), spot.story}
    row = [other.story for other in moved if other.row == spot.row]
    if spot.section == "lead":
        assert moved[0].story == spot.story
    elif moved[0].story != spot.story:  # else it is all there is, and leads
        led = {moved[0].story, *(other.story for other in page[:1])}
        assert row.index(spot.story) == min(place, len(row) - 1) or led & set(row) or len(page) == 1
    others = [story for story in stories(page) if story not in (spot.story, page[0].story, moved[0].story)]
    rows = {other.story: other.row for other in moved}
    for one, other in pairwise(others):
        if rows[one] == rows[other]:
            assert stories(moved).index(one) < stories(moved).index(other)


def test_a_dropped_lead_leaves_the_page_and_the_next_story_leads() -> None:
    fresh = (Spot(1, "lead", "policy"), Spot(2, "big", "policy"), Spot(3, "short", "policy"))
    arranged = arrange(fresh, [Kept(7, 1, "lead", "policy", is_dropped=True)])
    assert arranged.page == (Spot(2, "lead", "policy"), Spot(3, "short", "policy"))
    assert arranged.dropped[1].row == 7


def test_one_of_two_stories_was_dropped_and_then_they_were_merged() -> None:
    fresh = (Spot(1, "lead", "policy"),)
    before = [Kept(7, 1, "lead", "policy"), Kept(8, 1, "big", "policy", is_dropped=True)]
    assert arrange(fresh, before) == Arrangement(fresh, {}, {})


def test_two_rewritten_stories_that_were_merged_are_told_once_in_the_words_of_the_first() -> None:
    fresh = (Spot(5, "lead", "policy"), Spot(1, "big", "policy"))
    before = [
        Kept(7, 1, "big", "policy", 0, is_rewritten=True),
        Kept(8, 1, "short", "policy", 0, is_rewritten=True, is_placed=True),
    ]
    arranged = arrange(fresh, before)
    assert arranged.page == (Spot(5, "lead", "policy"), Spot(1, "short", "policy"))
    assert arranged.kept[1].row == 7


def test_a_hidden_story_leaves_and_what_was_written_about_it_is_kept() -> None:
    fresh = (Spot(5, "lead", "policy"),)
    before = [Kept(7, 1, "big", "policy", is_rewritten=True), Kept(8, 5, "lead", "policy", is_placed=True)]
    arranged = arrange(fresh, before, untold={1})
    assert arranged.page == fresh
    assert arranged.dropped[1] == replace(before[0], is_dropped=True)


def test_stories_in_short_stay_with_their_theme() -> None:
    page = in_order([Spot(0, "lead", "policy")] + [Spot(n, "short", THEMES[n % 2]) for n in range(1, 5)])
    assert stories(page) == [0, 1, 3, 2, 4]
    assert stories(put(page, Spot(3, "short", "policy"), 0)) == [0, 3, 1, 2, 4]
    assert stories(put(page, Spot(4, "lead", "launches"), 0)) == [4, 0, 1, 3, 2]
    assert stories(put(page, Spot(2, "big", "launches"), 9)) == [0, 2, 1, 3, 4]


def test_the_last_story_that_is_dropped_leaves_an_empty_page() -> None:
    assert without((Spot(1, "lead", "policy"),), 1) == ()
    assert arrange((), []) == Arrangement((), {}, {})

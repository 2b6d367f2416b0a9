from __future__ import annotations

from typing import Any

import pytest

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.move import move_entries
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.changes_in_words import tell_deed
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.models import Coverage, Story
from tests.stories.desk import NOW, editor, last_change, places, reports, said, story_of
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
KEPT = ("headline", "is_headline_edited", "theme", "second_theme", "is_theme_edited", "is_pinned", "is_hidden")


@pytest.fixture
def two() -> tuple[Story, Story]:
    older = story_of(*reports("Kelp sues Brine", "Brine sued by Kelp", "Kelp and Brine in court"))
    return older, story_of(*reports("Port buys cranes", "Cranes for the port", hours=5))


def state() -> Any:
    """All that an undoing must bring back."""
    stories = Story.objects.order_by("pk").values_list(
        "public_id", "merged_into__public_id", "thread__public_id", "first_seen_at", "last_seen_at", *KEPT
    )
    rows = Coverage.objects.order_by("entry_id").values_list("entry", "story__public_id", "role", "similarity")
    return list(stories), list(rows), said()


def edits(older: Story, younger: Story) -> dict[str, Any]:
    def first_of(story: Story) -> list[int]:
        return list(story.coverage.order_by("entry__seen_at").values_list("entry", flat=True)[:1])

    return {
        "merge": lambda: merge_stories([older, younger], hand=Hand(None, NOW)),
        "split": lambda: split_story(older, first_of(older), hand=Hand(None, NOW)),
        "move": lambda: move_entries(first_of(older), younger, hand=Hand(None, NOW), source=older),
        "rename": lambda: revise_story(older, hand=Hand(None, NOW), headline="Another"),
        "theme": lambda: revise_story(older, hand=Hand(None, NOW), theme="people", second_theme="policy"),
        "pin": lambda: revise_story(older, hand=Hand(None, NOW), is_pinned=True),
        "hide": lambda: revise_story(older, hand=Hand(None, NOW), is_hidden=True),
    }


@pytest.mark.parametrize("kind", ["merge", "move", "rename", "theme", "pin", "hide"])
def test_undoing_restores_all_and_undoing_that_repeats_it(two: tuple[Story, Story], kind: str) -> None:
    older, younger = two
    story_of(*reports("Cranes arrive", hours=20), thread=younger)
    revise_story(younger, hand=Hand(None, NOW), headline="Cranes!", theme="compute", is_pinned=True)
    before = state()
    edits(older, younger)[kind]()
    change, after = last_change(older), state()
    assert after != before

    undoing = undo_change(change, hand=Hand(editor(), NOW))
    assert state() == before
    change.refresh_from_db()
    assert change.undone_by == undoing and tell_deed(undoing).startswith("took back: ")
    undo_change(undoing, hand=Hand(None, NOW))
    assert state() == after


def test_undoing_a_split_merges_the_new_story_back_with_what_it_got_since(two: tuple[Story, Story]) -> None:
    older, younger = two
    before = places()
    edits(older, younger)["split"]()
    (new,) = Story.objects.exclude(pk__in=[older.pk, younger.pk])
    late = entry_of("Brine sued again", publisher="Late", hours=30)
    Coverage.objects.create(entry=late, story=new, clustered_at=at(30))

    undoing = undo_change(last_change(older), hand=Hand(None, NOW))
    new.refresh_from_db()
    assert new.merged_into == older
    assert places() == {**before, late.pk: (older.public_id, "report")}
    assert said() == set()
    undo_change(undoing, hand=Hand(None, NOW))
    new.refresh_from_db()
    assert new.merged_into is None and places()[late.pk] == (new.public_id, "report")


def test_nothing_is_undone_twice(two: tuple[Story, Story]) -> None:
    revise_story(two[0], hand=Hand(None, NOW), is_pinned=True)
    change = last_change(two[0])
    undo_change(change, hand=Hand(editor(), NOW))
    with pytest.raises(ActRefused, match="kim has undone that already"):
        undo_change(change, hand=Hand(None, NOW))


def test_what_was_changed_since_is_not_undone_but_told(two: tuple[Story, Story]) -> None:
    older, younger = two
    jo = editor("jo")
    merge_stories(two, hand=Hand(None, NOW))
    merging = last_change(older)
    moved = older.coverage.order_by("-entry__seen_at").values_list("entry", flat=True)[0]
    split_story(older, [moved], hand=Hand(jo, NOW))
    splitting = last_change(older)
    with pytest.raises(ActRefused, match=r"changed since: jo split off 1 article as “Cranes for the port”"):
        undo_change(merging, hand=Hand(None, NOW))
    undo_change(splitting, hand=Hand(None, NOW))
    undo_change(merging, hand=Hand(None, NOW))
    younger.refresh_from_db()
    assert younger.merged_into is None and younger.coverage.count() == 2

    revise_story(older, hand=Hand(None, NOW), headline="One")
    renaming = last_change(older)
    revise_story(older, hand=Hand(jo, NOW), headline="Two")
    with pytest.raises(ActRefused, match="jo renamed it: “One” → “Two”"):
        undo_change(renaming, hand=Hand(None, NOW))
    older.refresh_from_db()
    assert older.headline == "Two"


def test_what_the_change_left_alone_may_have_been_edited_since(two: tuple[Story, Story]) -> None:
    older, younger = two
    merge_stories(two, hand=Hand(None, NOW))
    merging = last_change(older)
    revise_story(older, hand=Hand(editor("jo"), NOW), headline="Kelp v Brine", theme="people", is_hidden=True)
    undo_change(merging, hand=Hand(None, NOW))
    older.refresh_from_db()
    assert (older.headline, older.theme, older.is_hidden, older.coverage.count()) == ("Kelp v Brine", "people", True, 3)
    assert younger.coverage.count() == 2


def test_a_mark_that_a_merge_carried_along_and_another_changed_since_stands_against_undoing(
    two: tuple[Story, Story],
) -> None:
    older, younger = two
    revise_story(younger, hand=Hand(None, NOW), is_pinned=True)
    merge_stories(two, hand=Hand(None, NOW))
    merging = last_change(older)
    revise_story(older, hand=Hand(editor("jo"), NOW), is_pinned=False)
    with pytest.raises(ActRefused, match="jo unpinned it"):
        undo_change(merging, hand=Hand(None, NOW))


def test_a_story_merged_away_since_is_not_brought_back_by_a_move(two: tuple[Story, Story]) -> None:
    older, younger = two
    third = story_of(*reports("Ferries stay", hours=-9))
    edits(older, younger)["move"]()
    moving = last_change(older)
    merge_stories([third, older], hand=Hand(editor("jo"), NOW))
    with pytest.raises(ActRefused, match="jo merged"):
        undo_change(moving, hand=Hand(None, NOW))


def test_what_the_line_has_clustered_again_is_not_undone(two: tuple[Story, Story]) -> None:
    older, younger = two
    merge_stories(two, hand=Hand(None, NOW))
    moved = younger.merged_from.model.objects.get(pk=older.pk).coverage.last()
    other = story_of(*reports("Ferries stay", hours=-9))
    Coverage.objects.filter(pk=moved.pk).update(story=other)
    with pytest.raises(ActRefused, match="The line has changed its coverage since"):
        undo_change(last_change(older), hand=Hand(None, NOW))


def test_parts_of_a_change_and_changes_of_others_are_not_undone(two: tuple[Story, Story]) -> None:
    merge_stories(two, hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="no change of its own"):
        undo_change(last_change(two[1]), hand=Hand(None, NOW))
    other = Change.objects.create(
        verb="digest.publish", subject="digest daily 2026-05-04", actor_name="kim", made_at=NOW
    )
    with pytest.raises(ActRefused, match="no change of its own"):
        undo_change(other, hand=Hand(None, NOW))


def test_an_undone_merge_is_no_constraint_any_more(two: tuple[Story, Story]) -> None:
    merge_stories(two, hand=Hand(None, NOW))
    undo_change(last_change(two[0]), hand=Hand(None, NOW))
    assert said() == set()
    recluster(at(-99), now=NOW)
    assert {story.public_id for story in two} <= {name for name, _ in places().values()}

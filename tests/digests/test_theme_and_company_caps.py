from __future__ import annotations

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.theme_and_company_caps import cap_themes
from tests.digests.invented import candidate, entry, story


def ranked(*themes: str, titles: dict[int, str] | None = None, pinned: frozenset[int] = frozenset()) -> list[Candidate]:
    """Candidates 1, 2, ... of these themes, best first."""
    return [
        candidate(
            story(n, entry(n, (titles or {}).get(n, f"News number {n}")), theme=theme, is_pinned=n in pinned), 100.0 - n
        )
        for n, theme in enumerate(themes, start=1)
    ]


def ids(candidates: tuple[Candidate, ...]) -> list[int]:
    return [one.story.id for one in candidates]


def test_no_theme_fills_the_top_and_what_is_capped_says_why() -> None:
    order, capped = cap_themes(ranked(*["funding"] * 6, *["policy", "compute", "people"] * 3))
    assert ids(order)[:10] == [1, 2, 3, 7, 8, 9, 10, 11, 12, 13]
    assert ids(order)[10:] == [4, 5, 6, 14, 15]
    assert [(one.candidate.story.id, one.reason) for one in capped] == [(n, "theme_cap") for n in (4, 5, 6)]
    assert capped[0].words == "Theme cap: 3 stories on funding rank above it"


def test_launches_may_be_more_and_society_less() -> None:
    order, _ = cap_themes(ranked(*["launches"] * 6, *["society"] * 4, *["policy", "compute", "people", "lawsuits"] * 2))
    top = [one.story.theme for one in order[:10]]
    assert (top.count("launches"), top.count("society")) == (4, 2)


def test_no_company_fills_the_top() -> None:
    titles = {n: f"OpenAI does thing number {n}" for n in range(1, 7)}
    themes = ["funding", "policy", "compute", "people", "lawsuits", "security", *["policy", "compute", "people"] * 2]
    order, capped = cap_themes(ranked(*themes, *["launches"] * 4, titles=titles))
    assert ids(order)[:5] == [1, 2, 3, 7, 8]
    assert {one.reason for one in capped} == {"company_cap"}
    assert capped[0].words == "Company cap: 3 stories about OpenAI rank above it"


def test_pinned_stories_are_exempt_but_count() -> None:
    themes = [*["funding"] * 5, *["policy", "compute", "people"] * 3]
    order, capped = cap_themes(ranked(*themes, pinned=frozenset({1, 2, 3, 4})))
    assert ids(order)[:5] == [1, 2, 3, 4, 6]
    assert [one.candidate.story.id for one in capped] == [5]


def test_a_day_of_one_theme_keeps_its_order_and_caps_nothing() -> None:
    order, capped = cap_themes(ranked(*["funding"] * 8))
    assert (ids(order), capped) == (list(range(1, 9)), ())


def test_the_best_of_those_that_stepped_back_fill_the_top_up() -> None:
    order, capped = cap_themes(ranked(*["funding"] * 12, "policy"))
    assert ids(order) == [1, 2, 3, 13, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [one.candidate.story.id for one in capped] == [10, 11, 12]

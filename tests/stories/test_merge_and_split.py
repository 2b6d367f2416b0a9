from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.item import REPORT, Decision, Item
from newsdesk.stories.clustering.merge_and_split import Repair
from tests.stories.labelled import invented
from tests.stories.rows import at

# Two outlets tell one event in different words; a third uses both.
ACCUSED = "Kelp Labs accuses Brine AI of taking its tide model"
SUIT = "Harbour startup files suit in Bergen court over stolen weights"
BOTH = f"{ACCUSED}: harbour startup files suit in Bergen court over stolen weights"
# One report of two events glues them together until each has reports enough of its own.
OPENING = ("Marram opens tidal data centre in Esbjerg", "Tidal data centre of Marram opens in Esbjerg")
CHIEF = (
    "Dune Robotics names Ida Moe chief executive",
    "Ida Moe named chief executive of Dune Robotics",
    "Dune Robotics makes Ida Moe its chief executive",
)
GLUE = f"{OPENING[0]} and {CHIEF[0]}"

BRIDGED = [(1, ACCUSED), (2, SUIT), (3, BOTH)]
# A title that says little is understood by what later reports of its event say.
SHORT = [
    (1, "Harbour suit filed"),
    (2, "Kelp Labs goes to court over tide model taken by Brine AI"),
    (3, "Kelp Labs goes to court against Brine AI: harbour suit over tide model filed in Bergen"),
    (4, "Harbour suit filed in Bergen by Kelp Labs over Brine AI's tide model"),
    (5, "Kelp Labs: harbour suit against Brine AI over tide model filed"),
]
GLUED = [(1, GLUE), (2, OPENING[0]), (3, CHIEF[0]), (4, OPENING[1]), (5, CHIEF[1]), (6, CHIEF[2])]


def items(titles: list[tuple[int, str]], bonded: int = 0) -> list[Item]:
    return [Item(n, f"s{n}", at(n), title, "", f"Publisher {n}", is_bonded=n == bonded) for n, title in titles]


def without_times(stream: list[Item]) -> list[Item]:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return [replace(one, seen_at=start + timedelta(seconds=n)) for n, one in enumerate(stream)]


def follow(story_of: dict[int, str], item: Item, decision: Decision) -> None:
    story_of[item.key] = decision.story
    for repair in decision.repairs:
        story_of |= dict.fromkeys(repair.keys, repair.target)


def placed(stream: list[Item]) -> tuple[dict[int, str], list[Decision]]:
    """In one process: where every item stands in the end, and what was decided."""
    clusterer, story_of, decisions = Clusterer(), dict[int, str](), list[Decision]()
    for one in stream:
        decisions.append(clusterer.add(one))
        follow(story_of, one, decisions[-1])
    return story_of, decisions


def placed_with_restarts(stream: list[Item]) -> tuple[dict[int, str], list[Decision]]:
    """The same with the state lost before every item and rebuilt, in any order, from where the others stand."""
    story_of, decisions, reports = dict[int, str](), list[Decision](), list[Item]()
    for n, one in enumerate(stream):
        clusterer = Clusterer()
        known = [(report, story_of[report.key]) for report in reports]
        random.Random(n).shuffle(known)
        if n:
            clusterer.restore(known, clock=stream[n - 1].seen_at)
        decisions.append(clusterer.add(one))
        follow(story_of, one, decisions[-1])
        if decisions[-1].role == REPORT:
            reports.append(one)
    return story_of, decisions


def repairs(decisions: list[Decision]) -> list[Repair]:
    return [repair for decision in decisions for repair in decision.repairs]


def test_a_report_that_tells_both_merges_two_stories_into_the_older() -> None:
    story_of, decisions = placed(items(BRIDGED))

    assert [decision.story for decision in decisions] == ["s1", "s2", "s1"]
    (merge,) = repairs(decisions)
    assert (merge.kind, merge.source, merge.target) == ("merge", "s2", "s1")
    assert 2 in merge.keys and set(merge.keys) <= {2, 3} and 0.5 < merge.probability <= 1
    assert set(story_of.values()) == {"s1"}


def test_stories_of_rivals_are_not_merged_by_a_report_on_one_of_them() -> None:
    rivals = [(1, "Kelp Labs launches Harbour 3 to plan cranes"), (2, "Brine AI launches Tide 2 to foretell storms")]
    story_of, decisions = placed(items([*rivals, (3, "Kelp Labs launches Harbour 3, which plans cranes")]))
    assert story_of == {1: "s1", 2: "s2", 3: "s1"} and not repairs(decisions)


def test_a_story_that_has_grown_to_two_is_split_and_the_older_half_keeps_the_id() -> None:
    story_of, decisions = placed(items(GLUED))

    assert {decision.story for decision in decisions[:5]} == {"s1"}
    (split,) = repairs(decisions)
    assert (split.kind, split.keys, split.source, split.target) == ("split", (3, 5, 6), "s1", "s3")
    assert split.probability < 0.1
    assert story_of == {1: "s1", 2: "s1", 4: "s1", 3: "s3", 5: "s3", 6: "s3"}
    assert decisions[-1].story == "s3"


def test_what_was_split_is_not_glued_again() -> None:
    story_of, decisions = placed(items([*GLUED, (7, OPENING[0]), (8, CHIEF[0]), (9, GLUE)]))
    assert len(repairs(decisions)) == 1
    assert (story_of[7], story_of[8]) == ("s1", "s3")


def test_without_times_a_small_story_joins_one_that_has_grown() -> None:
    story_of, decisions = placed(without_times(items(SHORT)))
    assert decisions[1].story == "s2" and set(story_of.values()) == {"s1"}
    assert {repair.kind for repair in repairs(decisions)} == {"merge"}
    assert not repairs(placed(without_times(items(SHORT, bonded=1)))[1])


@pytest.mark.parametrize("titles", [BRIDGED, GLUED])
def test_no_repair_touches_a_story_of_which_an_editor_spoke(titles: list[tuple[int, str]]) -> None:
    assert repairs(placed(items(titles))[1])
    for key, _ in titles:
        if titles is GLUED or key != 3:
            assert not repairs(placed(items(titles, bonded=key))[1]), key


def test_an_editors_word_on_the_new_report_keeps_its_story_from_repairs() -> None:
    for story in ("s1", "s2"):
        clusterer = Clusterer()
        first, second, both = items(BRIDGED)
        clusterer.add(first)
        clusterer.add(second)
        assert not clusterer.add(both, bound=story).repairs


def test_an_id_in_use_is_not_founded_by_a_split() -> None:
    stream = items(GLUED)
    stream[2] = replace(stream[2], founds="s9")
    clusterer = Clusterer()
    for one in [*items([(9, "Port of Brest buys forty cranes")]), *stream[:5]]:
        clusterer.add(replace(one, seen_at=at(one.key % 9)))
    assert not clusterer.add(stream[5]).repairs


@pytest.mark.parametrize("has_times", [True, False])
def test_a_state_rebuilt_before_every_item_repairs_as_one_process_does(has_times: bool) -> None:
    bridged = items([(key, title) for key, title in BRIDGED])
    glued = [
        replace(one, key=one.key + 10, founds=f"s{one.key + 10}", seen_at=at(one.key + 10)) for one in items(GLUED)
    ]
    labelled = [
        Item(n + 100, r.id, r.first_seen + timedelta(hours=20), r.title, r.body or r.summary, r.source, r.lang)
        for n, r in enumerate(invented())
    ]
    stream = [*bridged, *glued, *labelled]
    if not has_times:
        stream = without_times([*items([(key + 20, title) for key, title in SHORT]), *stream])
    whole = placed(stream)
    assert {repair.kind for repair in repairs(whole[1])} == {"merge", "split"}
    assert placed_with_restarts(stream) == whole
    assert placed(stream) == whole

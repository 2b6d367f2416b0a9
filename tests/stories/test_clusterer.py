from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.item import Decision, Item
from newsdesk.stories.clustering.open_stories import WINDOW
from newsdesk.stories.titles.round_up import is_round_up
from tests.stories.labelled import invented
from tests.stories.rows import at

SUIT = "Kelp Labs sues Brine AI over stolen harbour model weights"
SUIT_AGAIN = "Brine AI sued by Kelp Labs over stolen harbour model weights"


def item(key: int, title: str, *, hours: float = 0, publisher: str = "", language: str = "en", text: str = "") -> Item:
    return Item(key, f"s{key}", at(hours), title, text, publisher or f"Publisher {key}", language)


def unit(angle: float) -> tuple[float, ...]:
    return math.cos(angle), math.sin(angle)


def items() -> list[Item]:
    return [
        Item(n, r.id, r.first_seen, r.title, r.body or r.summary, r.source, r.lang) for n, r in enumerate(invented())
    ]


def test_two_reports_of_one_event_make_one_story() -> None:
    clusterer = Clusterer()
    first = clusterer.add(item(1, SUIT))
    second = clusterer.add(item(2, SUIT_AGAIN, hours=2))

    assert (first.story, first.role, first.similarity) == ("s1", "report", None)
    assert (second.story, second.role) == ("s1", "report")
    assert second.similarity is not None and 0 < second.similarity <= 1


def test_launches_of_rivals_stay_apart() -> None:
    clusterer = Clusterer()
    titles = [
        "Kelp Labs launches Harbour 3, a new AI model for developers",
        "Brine AI launches Tide 2, a new AI model for developers",
        "Marram raises $340 million at a $2.1 billion valuation",
        "Dune Robotics raises $120 million at a $900 million valuation",
    ]
    assert len({clusterer.add(item(n, title, hours=n)).story for n, title in enumerate(titles)}) == len(titles)


def test_a_story_takes_no_report_after_the_window() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    hours = WINDOW / timedelta(hours=1)

    assert clusterer.add(item(2, SUIT_AGAIN, hours=hours + 1)).story == "s2"
    assert len(clusterer) == 1


def test_a_round_up_stands_alone_and_attracts_nothing() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    brief = clusterer.add(item(2, f"The morning brief: {SUIT}", hours=1))
    again = clusterer.add(item(3, f"The morning brief: {SUIT}", hours=2))

    assert (brief.story, brief.role) == ("s2", "round_up")
    assert again.story == "s3"
    assert clusterer.add(item(4, SUIT_AGAIN, hours=3)).story == "s1"


def test_a_copy_follows_its_original() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    copy = clusterer.add(item(2, "Quite another title", hours=1), follows="s1")
    assert (copy.story, copy.role) == ("s1", "copy")


def test_other_languages_join_only_when_matched_well() -> None:
    weak, strong = "Marram's chips explained", "Marram raises $340 million to build chips cooled by sea water"

    def joins(title: str, language: str) -> bool:
        clusterer = Clusterer()
        clusterer.add(item(1, "Marram raises $340 million, valued at $2.1 billion, for chips cooled by sea water"))
        return clusterer.add(item(2, title, hours=20, language=language)).story == "s1"

    assert joins(weak, "en-GB") and joins(strong, "en") and joins(strong, "nl")
    assert not joins(weak, "nl")


def test_full_articles_join_as_summaries_do_and_rivals_stay_apart() -> None:
    words = "The company told its customers in the port on Monday that more would follow before the autumn storms. "
    kelp = "Kelp Labs has put Harbour 3 on sale, a model that plans the work of cranes. Harbour 3 reads tide tables. "
    brine = "Brine AI has opened Tide 2 to ferry lines. Skippers see storms a day earlier, founder Ida Moe told us. "
    clusterer = Clusterer()
    first = clusterer.add(item(1, "Kelp Labs releases crane planner Harbour 3", text=kelp + words * 20))
    again = clusterer.add(item(2, "Harbour 3: Kelp Labs' crane planner in detail", hours=2, text=kelp + words * 12))
    rival = clusterer.add(item(3, "Brine AI releases storm forecaster Tide 2", hours=3, text=brine + words * 12))

    assert first.story == again.story
    assert rival.story == "s3"


def test_an_own_account_joins_only_what_it_all_but_repeats() -> None:
    def joins(title: str) -> bool:
        clusterer = Clusterer()
        clusterer.add(item(1, "Kelp Labs adds storm warnings to Harbour 3, its planner for cranes"))
        return clusterer.add(item(2, title, hours=30)).story == "s1"

    assert joins("A winter of planning ferry crossings by hand, and then with Harbour 3 by Kelp")
    assert not joins("My winter of planning ferry crossings by hand, and then with Harbour 3 by Kelp")
    assert joins("My planner for cranes, Harbour 3 by Kelp Labs, has storm warnings")


def test_a_large_story_takes_only_what_is_likelier_its_own() -> None:
    def joins(reports: int) -> bool:
        clusterer = Clusterer()
        for n in range(reports):
            clusterer.add(item(n, SUIT, hours=n / 10), bound="s0")
        return clusterer.add(item(99, "Who will pay for the labs of Kelp? Ferry lines ask", hours=2)).story == "s0"

    assert [joins(reports) for reports in (1, 2, 3, 9)] == [True, True, False, False]


def test_vectors_tell_where_words_do_not() -> None:
    def joined(known: tuple[float, ...], new: tuple[float, ...], *, others: int = 0) -> Decision:
        clusterer = Clusterer()
        clusterer.add(replace(item(1, SUIT), vector=known))
        for n in range(others):
            clusterer.add(item(10 + n, SUIT, hours=0.5), bound="s1")
        return clusterer.add(
            replace(item(2, "Harbour model: Kelp Labs goes to court against a rival", hours=1), vector=new)
        )

    near, far = joined((1.0, 0.0), (0.96, 0.28)), joined((1.0, 0.0), (0.0, 1.0))
    assert near.story == "s1" and far.story == "s2"
    assert joined((1.0, 0.0), ()) == joined((), (1.0, 0.0)) == joined((), ()), "nothing is known of meaning"
    assert joined((1.0, 0.0, 0.0), (1.0, 0.0)) == joined((), ()), "vectors of another model are not compared"
    assert joined((1.0, 0.0), (0.96, 0.28), others=2).story == "s1"


def test_a_rebuilt_state_with_vectors_decides_the_same() -> None:
    stream = [replace(one, vector=unit(len(one.title) % 7)) for one in items()]
    whole = Clusterer()
    decisions = [whole.add(one) for one in stream]
    rebuilt = Clusterer()
    known = [(one, d.story) for one, d in zip(stream[:30], decisions[:30], strict=True) if d.role == "report"]
    random.Random(1).shuffle(known)
    rebuilt.restore(known, clock=stream[29].seen_at)
    assert [rebuilt.add(one) for one in stream[30:]] == decisions[30:]


def test_without_times_the_order_says_nothing_of_gaps() -> None:
    def joined(seconds: int) -> Decision:
        clusterer = Clusterer()
        clusterer.add(replace(item(1, SUIT), seen_at=datetime(2000, 1, 1, tzinfo=UTC)))
        last = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        return clusterer.add(replace(item(2, SUIT_AGAIN), seen_at=last))

    assert joined(1) == joined(100_000)
    assert joined(1).story == "s1"


def test_nothing_to_compare_breaks_nothing() -> None:
    clusterer = Clusterer()
    stories = [clusterer.add(item(n, title)).story for n, title in enumerate(["", "!?", "The", "港", "42"])]
    assert len(set(stories)) == 5


def test_a_rebuilt_state_decides_as_one_that_never_stopped() -> None:
    stream = items()
    whole = Clusterer()
    decisions = [whole.add(one) for one in stream]

    for stop in (1, 7, 20, 33, 48):
        rebuilt = Clusterer()
        known = [(one, d.story) for one, d in zip(stream[:stop], decisions[:stop], strict=True) if d.role == "report"]
        random.Random(stop).shuffle(known)
        rebuilt.restore(known, clock=stream[stop - 1].seen_at)
        assert [rebuilt.add(one) for one in stream[stop:]] == decisions[stop:]


def test_the_future_changes_nothing() -> None:
    stream = items()
    whole, half = Clusterer(), Clusterer()
    assert [half.add(one) for one in stream[:25]] == [whole.add(one) for one in stream][:25]


def test_a_late_item_is_placed_and_leaves_no_trace_beyond_the_window() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, "Tide sensors forecast storms a day ahead"))
    clusterer.add(item(2, SUIT, hours=80))
    late = clusterer.add(replace(item(3, "Tide sensors forecast storms a day ahead"), seen_at=at(1)))
    assert late.story == "s3"
    clusterer.advance(at(80))
    assert len(clusterer) == 1


def test_round_ups_are_told_by_their_titles() -> None:
    for title in (
        "Weekly round-up: ports and models",
        "5 things to know before Wednesday",
        "This week in sea tech",
        "Fjord Tech #42",
        "2026-05-04",
        "Kelp Opens Its Weights, Brine Answers With Tide, Marram Raises Millions",
        "海港日报：港口模型",
        "Harbour model opened to all; ferry line buys three boats; court stops export of sensors",
        "Port fair: live updates from the quay",
        "Port fair keynote: everything Kelp Labs announced",
    ):
        assert is_round_up(title, "Fjord Times"), title
    for title in (
        "Kelp Labs gives everything it has to ports",
        "Kelp Labs opens Harbour 2, its port-planning model, to everyone, two ports say",
        "Brine AI rounds up investors for Tide",
        "Marram raises $340 million, values itself at $2.1 billion, and plans a plant in Esbjerg",
        "CVE-2026-99101: remove Lagoon 3.2.1",
        "Seven ports use Harbour 2",
    ):
        assert not is_round_up(title, "Fjord Times"), title


def test_what_editors_said_comes_before_likeness() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    clusterer.add(item(2, "Port of Brest buys forty cranes", hours=1))

    assert clusterer.add(item(3, SUIT_AGAIN, hours=2), bound="s2") == Decision("s2", "report", None)
    assert clusterer.add(item(4, SUIT_AGAIN, hours=3), barred=frozenset({"s1", "s2"})).story == "s4"
    assert clusterer.add(item(5, SUIT_AGAIN, hours=4), barred=frozenset({"s2", "s4"})).story == "s1"
    assert clusterer.add(item(6, "The morning brief", hours=5), bound="s1") == Decision("s1", "round_up", None)


def test_a_copy_leaves_its_original_only_where_an_editor_said_so() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    clusterer.add(item(2, "Port of Brest buys forty cranes", hours=1))

    assert clusterer.add(item(3, SUIT, hours=2), follows="s1", bound="s1").role == "copy"
    assert clusterer.add(item(4, SUIT, hours=3), follows="s1", bound="s2") == Decision("s2", "report", None)
    assert clusterer.add(item(5, SUIT, hours=4), follows="s1", barred=frozenset({"s1"})).story != "s1"


def test_a_report_bound_to_a_closed_story_opens_it_again() -> None:
    clusterer = Clusterer()
    clusterer.add(item(1, SUIT))
    clusterer.add(item(2, "Port of Brest buys forty cranes", hours=WINDOW / timedelta(hours=1) + 1))
    assert not clusterer.has_reopened
    clusterer.add(item(3, SUIT_AGAIN, hours=WINDOW / timedelta(hours=1) + 2), bound="s1")
    assert clusterer.has_reopened and len(clusterer) == 2

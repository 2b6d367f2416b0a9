from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsdesk.digests.choosing.placing import place
from newsdesk.digests.composing.compose import Composition, compose
from newsdesk.digests.composing.watch import when_ahead
from newsdesk.digests.telling.extractive import summarize
from newsdesk.digests.telling.receipts import resolve, sentence_from_json
from newsdesk.stories.read import StoryView
from tests.digests.invented import FUNDING, MORNING, candidate, entry, story

UNTIL = datetime(2031, 5, 7, 7, tzinfo=UTC)


def composed(*stories: StoryView) -> Composition:
    placing = place([candidate(s, 50.0 - n) for n, s in enumerate(stories)], after=MORNING - timedelta(hours=1))
    drafts = {c.story.id: summarize(c.story, most=5) for _, c in placing.in_order()}
    return compose(placing, drafts, until=UNTIL)


def round_of(number: int, name: str, amount: str, **changes: object) -> StoryView:
    title = f"{name} raises {amount}"
    return story(
        number,
        entry(number * 10, title, f"{name} has raised {amount} from its owners, it said."),
        **{"theme": "funding", **changes},
    )


def test_title_and_dek_are_the_first_headlines() -> None:
    composition = composed(FUNDING, round_of(2, "Granite avalanche school", "$20 million"))
    assert composition.title == composition.items[0].headline
    assert composition.items[1].headline in composition.dek
    assert [item.position for item in composition.items] == [1, 2]
    assert composition.dek.startswith("A quiet day: 2 stories.")


def test_a_day_without_news_says_so() -> None:
    composition = composed()
    assert composition.items == ()
    assert composition.title == "A quiet day"
    assert composition.dek


def test_sums_are_exact_and_rest_on_their_stories() -> None:
    rounds = [
        round_of(2, "Granite avalanche school", "$20 million"),
        round_of(3, "Osprey tram depots", "$1.5 billion"),
        round_of(4, "Lantern harbour pilots", "$80M"),
    ]
    thesis = composed(*rounds).pattern[0]
    assert "add up to $1.6 billion" in thesis["text"]
    assert set(thesis["stories"]) == {"story2", "story3", "story4"}
    assert thesis["counter"]


def test_talks_are_not_summed_up() -> None:
    rounds = [
        round_of(2, "Granite avalanche school in talks, then", "$20 million"),
        round_of(3, "Osprey tram depots", "$1.5 billion"),
        round_of(4, "Lantern harbour pilots", "$80M"),
    ]
    assert not any("add up" in thesis["text"] for thesis in composed(*rounds).pattern)


def test_no_pattern_where_nothing_holds() -> None:
    assert composed(FUNDING).pattern == ()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The hearing is set for June 20, 2031.", ("June 20, 2031", date(2031, 6, 20))),
        ("The law takes effect on 1 September.", ("1 September", date(2031, 9, 1))),
        ("The service will close by the end of the year.", ("by the end of the year", None)),
        ("The trial begins in January 2032.", ("January 2032", None)),
        ("The company was founded on June 20, 2021.", None),
        ("The next hearing is set for December 20, 2031.", None),
        ("The company, which was founded in late 2029, expects to grow.", None),
        ("It plans to hire ninety people.", None),
        ("The lab opened on May 2 and will grow.", None),
    ],
)
def test_times_ahead(sentence: str, expected: tuple[str, date | None] | None) -> None:
    assert when_ahead(sentence, UNTIL) == expected


def test_what_to_watch_is_verbatim() -> None:
    body = "Moss AI ends its translator after a ruling in Riga. The appeal of Moss AI will be heard on June 20 in Riga."
    moss = story(9, entry(90, "Moss AI ends its translator after a ruling in Riga", body), theme="shutdowns")
    (watched,) = composed(moss).watch
    assert (watched["when"], watched["date"], watched["story"]) == ("June 20", "2031-06-20", "story9")
    (receipt,) = sentence_from_json(watched["sentence"]).receipts
    assert resolve(receipt, moss.entries[0].text) == []


def test_dates_come_soonest_first_and_only_what_lies_ahead() -> None:
    def of(number: int, title: str, sentence: str) -> StoryView:
        return story(number, entry(number, title, f"{title}, a court said. {sentence}"), theme=f"theme{number}")

    composed_of = composed(
        of(11, "Granite sued over avalanche maps", "A judge will hear the case of Granite over its maps on June 20."),
        of(12, "Osprey ends its tram timetable", "Riga has dropped plans for the Osprey timetable due on June 2."),
        of(13, "Lantern loses harbour pilots", "Lantern will close the school of its harbour pilots on 30 May."),
    )
    assert [watched["date"] for watched in composed_of.watch] == ["2031-05-30", "2031-06-20"]
    assert composed_of.watch[0]["owner"] == "Lantern"


def test_copies_stand_after_their_original_and_round_ups_stay_out() -> None:
    body = "Moss AI shuts down its translator after a ruling in Riga, and two million people lose it."
    moss = story(
        9,
        entry(1, "Moss AI shuts down its translator", body),
        entry(2, "Riga ruling ends the translator of Moss AI", body + " The court had warned of it."),
        entry(3, "Moss AI shuts down its translator", body, role="copy", duplicate_of="e1"),
        entry(4, "Nine things today", "", role="round_up"),
    )
    sources = composed(moss).items[0].sources
    assert [(s["entry"], s["duplicate_of"]) for s in sources] == [("e1", ""), ("e3", "e1"), ("e2", "")]

"""When a story that a digest told comes back: with a development, or taken up by many; never with a mere repeat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.held_back import told_before
from newsdesk.digests.choosing.placing import place
from newsdesk.digests.choosing.told_before import what_is_new
from newsdesk.stories.ranking.novelty import Kind, Novelty
from tests.digests.invented import MORNING, entry, story

TITLE = "Kelp Labs agrees to buy port scheduler Brine for $2 billion"
REPEAT = "Kelp Labs to take over port scheduler Brine in $2bn deal"
DROPPED = "Kelp Labs drops deal to buy port scheduler Brine"
TOLD = EarlierItem(MORNING.date(), MORNING, "big", "story1", TITLE, (TITLE,))
REPEATS = Novelty(Kind.REPEATS, 0.1, 1)


def again(*titles: str, owner: str = "", **changes: object) -> Candidate:
    """The told story with later reports of so many outlets, or all of one owner's."""
    early = entry(1, TITLE, seen_at=MORNING - timedelta(hours=1), owner="outlet-1")
    late = [
        entry(n, title, **{**({"owner": owner} if owner else {}), **changes}) for n, title in enumerate(titles, start=2)
    ]
    return Candidate(story(1, early, *late), 9.0, (), told=TOLD, novelty=REPEATS)


@pytest.mark.parametrize("owner", ["outlet-1", "outlet-2"], ids=["the same outlet", "another one"])
def test_a_development_of_one_outlet_is_news(owner: str) -> None:
    back = what_is_new(again(DROPPED, owner=owner))
    assert back is not None
    assert back.development is not None
    assert (back.development.label, back.development.words) == ("Dropped", "deal to buy port scheduler Brine")
    assert ([e.title for e in back.story.entries], back.story.publishers) == ([DROPPED], 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://www.reddit.com/r/ports/1"},
        {"url": "https://news.ycombinator.com/item?id=1"},
        {"url": "https://github.com/kelp/brine"},
        {"url": "https://x.com/kelp/status/1"},
        {"kind": "opinion"},
        {"role": "copy"},
        {"role": "round_up"},
    ],
)
def test_the_word_of_anybody_changes_no_story(changes: dict[str, str]) -> None:
    assert what_is_new(again(DROPPED, **changes)) is None


def test_five_further_outlets_are_news_whatever_they_say() -> None:
    assert what_is_new(again(*[REPEAT] * 4)) is None
    back = what_is_new(again(*[REPEAT] * 5))
    assert back is not None
    assert back.development is None
    assert what_is_new(again(*[REPEAT] * 9, url="https://www.reddit.com/r/ports/1")) is None, "nor does a forum add up"


def test_a_repeat_stays_out_and_the_desk_says_why() -> None:
    (held,) = place([again(REPEAT)], after=MORNING).held_back
    assert held.words == "Told on 6 May; nothing new has been reported since"


def test_a_development_in_another_language_only_is_named_to_editors() -> None:
    chinese = again("海带实验室放弃收购 Brine", language="zh")
    assert what_is_new(chinese) is None
    assert told_before(chinese, 1).words == (
        "Told on 6 May; what has changed is reported in another language only: “海带实验室放弃收购 Brine”"
    )


@pytest.mark.parametrize(("title", "returns"), [(DROPPED, True), (REPEAT, False)])
def test_another_story_that_repeats_a_told_one_comes_with_a_development(title: str, returns: bool) -> None:
    one = Candidate(story(2, entry(5, title)), 9.0, (), novelty=REPEATS, repeated=TOLD)
    assert (what_is_new(one) is not None) is returns


def test_a_story_that_follows_a_told_one_says_what_it_changes() -> None:
    one, other = (
        what_is_new(Candidate(story(2, entry(5, t)), 9.0, (), followed=TOLD)) for t in (DROPPED, "Brine names a chief")
    )
    assert one is not None and one.development is not None
    assert other is not None and other.development is None


def test_what_was_said_there_is_what_it_is_held_against() -> None:
    """Once the end of the deal was told, another report of it is a repeat."""
    told = EarlierItem(MORNING.date(), MORNING, "big", "story1", TITLE, (TITLE, "Kelp Labs called off the deal."))
    later = Candidate(story(1, entry(2, DROPPED)), 9.0, (), told=told, novelty=REPEATS)
    assert what_is_new(later) is None

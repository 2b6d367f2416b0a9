from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.labels import labels_of
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.threads.developments import Change, Development
from tests.digests.invented import MORNING, entry, story

TITLE = "Microsoft puts $3 billion at stake in Anthropic's suit"
TOLD = EarlierItem(date(2031, 5, 5), MORNING - timedelta(days=1), "big", "story1", "Anthropic sues")


def words(candidate: Candidate) -> list[str]:
    return [label.words for label in labels_of(candidate)]


def test_a_plain_story_has_no_label() -> None:
    assert labels_of(Candidate(story(1, entry(1, TITLE)), 1.0, ())) == ()


def test_a_story_that_comes_back_says_what_is_new() -> None:
    novelty = Novelty(Kind.DEVELOPED, 0.7, 1, ("microsoft",), ("$3b", "40", "27%"))
    back = Candidate(story(1, entry(1, TITLE), entry(2, TITLE)), 1.0, (), TOLD, novelty)
    assert words(back) == [f"New since 5 May: {TITLE}"]
    assert labels_of(back)[0].as_json() == {"name": "developed", "words": words(back)[0], "story": "story1"}
    bare = Candidate(story(1, entry(1, TITLE)), 1.0, (), TOLD)
    assert words(bare) == ["Told on 5 May; 1 further publisher since"]


@pytest.mark.parametrize(
    "title", ["Opinion: Microsoft and the $3 billion", "Why Microsoft's $3 billion matter", "$3 billion", "Microsoft"]
)
def test_what_is_new_is_a_development_never_a_lone_name_or_figure(title: str) -> None:
    novelty = Novelty(Kind.DEVELOPED, 0.7, 1, ("microsoft",), ("$3b",))
    back = Candidate(story(1, entry(1, title), entry(2, title)), 1.0, (), TOLD, novelty)
    assert words(back) == ["Told on 5 May; 2 further publishers since"]


@pytest.mark.parametrize("where", ["told", "repeated", "followed"])
def test_what_has_changed_is_said_wherever_the_story_was_told(where: str) -> None:
    changed = Development(Change.DROPPED, 0, "deal to buy Brine")
    back = Candidate(story(2, entry(1, "Kelp drops deal to buy Brine")), 1.0, (), development=changed, **{where: TOLD})
    (label,) = labels_of(back)
    assert label.as_json() == {
        "name": "developed",
        "words": "Dropped: deal to buy Brine",
        "story": "story1",
        "change": "dropped",
    }


def test_old_news_and_follow_ups_are_labelled() -> None:
    old = story(1, entry(1, TITLE, first_public_at=MORNING - timedelta(days=64)))
    assert words(Candidate(old, 1.0, ())) == ["Old news: first published 3 March"]
    later = story(2, entry(1, TITLE), thread="story1", thread_headline="Anthropic sues")
    (label,) = labels_of(Candidate(later, 1.0, ()))
    assert (label.name, label.words, label.story) == ("follow_up", "Follows up: Anthropic sues", "story1")

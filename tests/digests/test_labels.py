from __future__ import annotations

from datetime import date, timedelta

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.labels import labels_of
from newsdesk.stories.ranking.novelty import Kind, Novelty
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
    assert words(back) == ["New since 5 May: Microsoft, $3 billion, 27%; 2 further publishers"]
    assert labels_of(back)[0].as_json() == {"name": "developed", "words": words(back)[0], "story": "story1"}
    bare = Candidate(story(1, entry(1, TITLE)), 1.0, (), TOLD)
    assert words(bare) == ["New since 5 May: 1 further publisher"]


def test_old_news_and_follow_ups_are_labelled() -> None:
    old = story(1, entry(1, TITLE, first_public_at=MORNING - timedelta(days=64)))
    assert words(Candidate(old, 1.0, ())) == ["Old news: first published 3 March"]
    later = story(2, entry(1, TITLE), thread="story1", thread_headline="Anthropic sues")
    (label,) = labels_of(Candidate(later, 1.0, ()))
    assert (label.name, label.words, label.story) == ("follow_up", "Follows up: Anthropic sues", "story1")

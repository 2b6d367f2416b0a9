"""How much a story matters on a day, and why, in words for readers. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from newsdesk.stories.ranking.measures import Measure, measures_of
from newsdesk.stories.ranking.novelty import Novelty
from newsdesk.stories.ranking.points import BASE_POINTS, POINTS, THEMES
from newsdesk.stories.read import StoryView
from newsdesk.stories.themes import Theme

# What a reason is about, for editors, where readers are told nothing.
EDITORS_WORDS = {
    "origins": "One origin only",
    "outlets": "Outlets that are no forum, post or personal blog",
    "standing": "Standing of its best publisher",
    "person": "Names a person",
    "state": "What a government does",
    "law": "Before a court",
    "money": "Money changes hands",
    "ending": "Something ends, stops or shrinks",
    "launch": "Something is brought out",
    "attack": "An attack or a failure",
    "certainty": "How surely it is AI news",
    "theme": "Its theme",
    "anybodys": "Told by forums, posts, code or personal blogs only",
    "teaser": "Asks, teases or sells",
    "comment": "Comment, advice or a round-up",
    "personal": "Tells of its author, teaches or argues",
    "chatter": "Many topics, or a newsletter's issue",
    "forecast": "What a share is worth or may be",
    "no_news": "Advertisement, job, deal or other post without news",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a score: what it rests on, its points, and plain words for readers (empty: nothing to tell)."""

    name: str
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story with its score, the sum of the points of its reasons; `novelty` where that was judged."""

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]
    novelty: Novelty | None = None


def score_story(story: StoryView, *, after: datetime, novelty: Novelty | None = None) -> Ranked:
    """Score a story for a digest whose window begins after `after`.

    Relevance multiplies: what is likely no AI news loses in proportion, however much else speaks for it.
    """
    reasons = [_reason(measure) for measure in measures_of(story, after=after, novelty=novelty)]
    if points := THEMES.get(Theme(story.theme), 0.0) if story.theme else 0.0:
        reasons.append(Reason("theme", points, f"Theme: {Theme(story.theme).label.lower()}" if points > 0 else ""))
    whole = BASE_POINTS + math.fsum(reason.points for reason in reasons)
    reasons.append(Reason("certainty", -(1 - (story.relevance or 0.0)) * max(whole, 0.0), ""))
    if story.is_pinned:
        reasons.append(Reason("pinned", POINTS["pinned"], "Chosen by the editors"))
    counting = sorted((one for one in reasons if one.points), key=lambda one: (-abs(one.points), one.name))
    return Ranked(story, round(math.fsum(one.points for one in counting), 3), tuple(counting), novelty)


def _reason(measure: Measure) -> Reason:
    return Reason(measure.name, round(POINTS[measure.name] * measure.value, 3), measure.words)

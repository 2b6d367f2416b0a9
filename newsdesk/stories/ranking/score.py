"""How much a story matters on a day, and why, in words for readers. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.stories.entities.find import EntityHit, find_entities
from newsdesk.stories.models import Coverage
from newsdesk.stories.origins.publishers import count_publishers
from newsdesk.stories.ranking.age import old_since
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.themes import Theme
from newsdesk.stories.titles.cleaning import bare_title
from newsdesk.stories.titles.kinds import is_by_author, is_chatter, is_forecast, is_weighty

# Points. One doubling of publishers is the measure of all others.
PUBLISHERS_POINTS = 3.0
REPORTS_POINTS = 0.5
STANDING_POINTS = 3.0
FIRST_HAND_POINTS = 1.0
SUBJECT_POINTS, SECOND_SUBJECT_POINTS = 2.5, 0.5
PICK_UP_POINTS = 1.0
CERTAINTY_POINTS = 3.0
CARRIED_OVER_POINTS = -6.0
REPEATED_POINTS = -5.0
DEVELOPED_POINTS = 2.0
OLD_NEWS_POINTS = -4.0
NO_ENGLISH_POINTS = -6.0
TITLE_ONLY_POINTS = -0.5
PERSONAL_POINTS = -2.5
CHATTER_POINTS = -3.0
FORECAST_POINTS = -3.0
WEIGHTY_POINTS = 1.25
# More than all others together: an editor's choice ranks before everything.
PINNED_POINTS = 100.0
THEME_POINTS = {
    Theme.SECURITY: 0.75,
    Theme.SHUTDOWNS: 0.75,
    Theme.POLICY: 0.25,
    Theme.RESEARCH: -0.25,
    Theme.SOCIETY: -1.0,
}
# Reports within this time of the first show how fast others took a story up.
PICK_UP_TIME = timedelta(hours=6)
# Relevance, 0 to 1, that moves a story neither up nor down.
USUAL_RELEVANCE = 0.8


# What a reason is about, for editors, where readers are told nothing.
EDITORS_WORDS = {
    "publishers": "One publisher only",
    "reports": "Articles beyond the first of each publisher",
    "standing": "Standing of its best publisher",
    "pick_up": "How fast others took it up",
    "certainty": "How surely it is AI news",
    "theme": "Its theme",
    "language": "Language of its reports",
    "depth": "Only headlines to go by",
    "personal": "Tells of its author, teaches or argues",
    "chatter": "Many topics, or a newsletter's issue",
    "forecast": "What a share is worth or may be",
    "novelty": "What is new of it",
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
    """Score a story for a digest whose window begins after `after`."""
    reports = [entry for entry in story.entries if entry.role != Coverage.Role.ROUND_UP]
    subjects = sorted(find_entities(story.headline), key=lambda hit: (-hit.weight, hit.slug))
    reasons = (
        _pinned(story),
        _publishers(story, after),
        _reports(reports, story.publishers),
        _standing(reports),
        _first_hand(reports),
        _subjects(subjects),
        _pick_up(reports),
        _carried_over(story, reports, after),
        _novelty(novelty),
        _age(story),
        _certainty(story.relevance),
        _theme(story.theme),
        _language(reports),
        _depth(reports),
        _mostly("personal", PERSONAL_POINTS, is_by_author, reports),
        _mostly("chatter", CHATTER_POINTS, is_chatter, reports),
        _kind_of_news("forecast", FORECAST_POINTS, is_forecast, story.headline),
        _kind_of_news("weighty", WEIGHTY_POINTS, is_weighty, story.headline, "Changes what others can do or must do"),
    )
    counting = tuple(sorted((reason for reason in reasons if reason.points), key=lambda r: (-abs(r.points), r.name)))
    return Ranked(story, round(math.fsum(reason.points for reason in counting), 3), counting, novelty)


def _pinned(story: StoryView) -> Reason:
    return Reason("pinned", PINNED_POINTS if story.is_pinned else 0.0, "Chosen by the editors")


def _publishers(story: StoryView, after: datetime) -> Reason:
    """New publishers count in full; those of earlier days only make a carried-over story's new ones believable."""
    known = [entry for entry in story.entries if entry.seen_at <= after]
    if not known:
        words = f"Reported by {story.publishers} publishers" if story.publishers > 1 else ""
        return Reason("publishers", PUBLISHERS_POINTS * math.log2(max(story.publishers, 1)), words)
    new = max(story.publishers - count_publishers(known), 0)
    words = f"Taken up by {new} more publishers, {story.publishers} in all" if new > 1 else ""
    return Reason("publishers", PUBLISHERS_POINTS * math.log2(1 + new), words)


def _reports(reports: Sequence[EntryView], publishers: int) -> Reason:
    extra = len(reports) - max(publishers, 1)
    words = f"{len(reports)} articles in all" if extra > 0 else ""
    return Reason("reports", REPORTS_POINTS * math.log2(1 + max(extra, 0)), words)


def _standing(reports: Sequence[EntryView]) -> Reason:
    best = max(reports, key=lambda entry: entry.standing, default=None)
    if best is None:
        return Reason("standing", 0.0, "")
    words = f"Reported by {best.publisher}" if best.standing > 0.5 and best.kind != "primary" else ""
    return Reason("standing", STANDING_POINTS * best.standing, words)


def _first_hand(reports: Sequence[EntryView]) -> Reason:
    for entry in reports:
        if entry.kind == "primary":
            return Reason(
                "first_hand", FIRST_HAND_POINTS, f"First-hand: {_possessive(entry.publisher)} own announcement"
            )
    return Reason("first_hand", 0.0, "")


def _subjects(subjects: Sequence[EntityHit]) -> Reason:
    if not subjects:
        return Reason("subjects", 0.0, "")
    second = sum(hit.weight for hit in subjects[1:3])
    words = f"About {' and '.join(hit.name for hit in subjects[:2])}"
    return Reason("subjects", SUBJECT_POINTS * subjects[0].weight + SECOND_SUBJECT_POINTS * second, words)


def _pick_up(reports: Sequence[EntryView]) -> Reason:
    if not reports:
        return Reason("pick_up", 0.0, "")
    early = {entry.owner for entry in reports if entry.seen_at - reports[0].seen_at <= PICK_UP_TIME}
    hours = int(PICK_UP_TIME.total_seconds() // 3600)
    words = f"Taken up by {len(early)} publishers within {hours} hours" if len(early) > 1 else ""
    return Reason("pick_up", PICK_UP_POINTS * math.log2(max(len(early), 1)), words)


def _carried_over(story: StoryView, reports: Sequence[EntryView], after: datetime) -> Reason:
    if story.first_seen_at > after or not reports:
        return Reason("carried_over", 0.0, "")
    old = sum(entry.seen_at <= after for entry in reports) / len(reports)
    return Reason("carried_over", CARRIED_OVER_POINTS * old, "First reported before this digest's day")


def _novelty(novelty: Novelty | None) -> Reason:
    """A story that goes on counts by how much of what is said of it is new."""
    if novelty is None or novelty.kind == Kind.NEW:
        return Reason("novelty", 0.0, "")
    if novelty.kind == Kind.REPEATS:
        points = REPEATED_POINTS * novelty.told_before
        return Reason("novelty", points, "Says nothing that was not reported in the days before")
    return Reason("novelty", DEVELOPED_POINTS * novelty.share, "A new development of an earlier story")


def _age(story: StoryView) -> Reason:
    old = old_since(story.entries)
    words = f"Old news: first published {old.in_words(story.first_seen_at)}" if old else ""
    return Reason("old_news", OLD_NEWS_POINTS if old else 0.0, words)


def _certainty(relevance: float | None) -> Reason:
    return Reason("certainty", CERTAINTY_POINTS * ((relevance or 0.0) - USUAL_RELEVANCE), "")


def _theme(theme: str) -> Reason:
    points = THEME_POINTS.get(Theme(theme), 0.0) if theme else 0.0
    return Reason("theme", points, f"Theme: {Theme(theme).label.lower()}" if points > 0 else "")


def _language(reports: Iterable[EntryView]) -> Reason:
    has_english = any(entry.language.lower().startswith("en") or not entry.language for entry in reports)
    return Reason("language", 0.0 if has_english else NO_ENGLISH_POINTS, "" if has_english else "No report in English")


def _depth(reports: Iterable[EntryView]) -> Reason:
    has_text = any(len(entry.text) > len(entry.title) + 2 for entry in reports)
    return Reason("depth", 0.0 if has_text else TITLE_ONLY_POINTS, "" if has_text else "Only headlines to go by")


def _mostly(name: str, points: float, is_kind: Callable[[str], bool], reports: Sequence[EntryView]) -> Reason:
    """A reason against a story most of whose titles are of a kind: one post among many reports counts for nothing."""
    found = sum(is_kind(bare_title(entry.title)) for entry in reports)
    return Reason(name, points if 2 * found > len(reports) else 0.0, "")


def _kind_of_news(name: str, points: float, is_kind: Callable[[str], bool], headline: str, words: str = "") -> Reason:
    is_so = is_kind(headline)
    return Reason(name, points if is_so else 0.0, words if is_so else "")


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"

"""How much the stories of a time matter, and why, in words for readers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from newsdesk.stories.classify import judge_stories
from newsdesk.stories.entities import EntityHit, find_entities
from newsdesk.stories.models import Coverage, Story, Theme
from newsdesk.stories.origins import count_origins
from newsdesk.stories.read import EntryView, StoryView, read_stories

# Points. One doubling of independent origins is the measure of all others.
ORIGINS_POINTS = 3.0
REPORTS_POINTS = 0.5
STANDING_POINTS = 3.0
FIRST_HAND_POINTS = 1.0
SUBJECT_POINTS, SECOND_SUBJECT_POINTS = 2.5, 0.5
PICK_UP_POINTS = 1.0
CERTAINTY_POINTS = 3.0
CARRIED_OVER_POINTS = -6.0
NO_ENGLISH_POINTS = -6.0
TITLE_ONLY_POINTS = -0.5
PERSONAL_POINTS = -2.5
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
# A headline that tells of its author, teaches or argues, rather than tells of an event; or a post without a headline.
_PERSONAL = re.compile(
    r"^(?:@|how to |how i |why |what |review:|opinion:|q&a|hands-on|i |my |podcast)"
    r"|\b(?:i(?:'m|'ve)?|my) (?:am|was|tried|asked|tested|used|built|let|made|spent|switched|think)\b"
    r"|\b(?:how to watch|what to expect|things to know|here's how|for beginners)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a score: what it rests on, its points, and plain words for readers (empty: nothing to tell)."""

    name: str
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story with its score, the sum of the points of its reasons."""

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]


def rank_stories(*, after: datetime, until: datetime) -> list[Ranked]:
    """The relevant standing stories with reports seen in (after, until], best first, without those an editor hid.

    Those that an editor pinned come before all others, relevant or not. Only what was seen by `until` counts: a story
    that has grown since is judged again by what it held then. Four queries at most, whatever the number of stories; of
    equal scores the story seen first comes first.
    """
    reported = Coverage.objects.filter(entry__seen_at__gt=after, entry__seen_at__lte=until).exclude(
        role=Coverage.Role.ROUND_UP
    )
    standing = Story.objects.standing().filter(pk__in=reported.values("story"), is_hidden=False)
    wanted = Q(is_relevant=True) | Q(last_seen_at__gt=until) | Q(is_pinned=True)
    views = _as_then(read_stories(standing.filter(wanted).values_list("pk", flat=True), until=until).values())
    ranked = [score_story(view, after=after) for view in views if view.is_relevant or view.is_pinned]
    return sorted(ranked, key=lambda one: (-one.score, one.story.first_seen_at, one.story.id))


def _as_then(views: Iterable[StoryView]) -> list[StoryView]:
    """The stories with theme and relevance as they were for those of which later entries are left out."""
    views = list(views)
    grown = [view for view in views if not view.is_whole]
    verdicts = judge_stories(grown) if grown else {}
    return [
        replace(
            view,
            theme=view.theme if view.is_theme_edited else verdict.theme,
            second_theme=view.second_theme if view.is_theme_edited else verdict.second_theme,
            relevance=verdict.relevance,
            is_relevant=verdict.is_relevant,
        )
        if (verdict := verdicts.get(view.id))
        else view
        for view in views
    ]


def score_story(story: StoryView, *, after: datetime) -> Ranked:
    """Score a story for a digest whose window begins after `after`."""
    reports = [entry for entry in story.entries if entry.role != Coverage.Role.ROUND_UP]
    subjects = sorted(find_entities(story.headline), key=lambda hit: (-hit.weight, hit.slug))
    reasons = (
        _pinned(story),
        _origins(story, after),
        _reports(reports, story.origins),
        _standing(reports),
        _first_hand(reports),
        _subjects(subjects),
        _pick_up(reports),
        _carried_over(story, reports, after),
        _certainty(story.relevance),
        _theme(story.theme),
        _language(reports),
        _depth(reports),
        _personal(story.headline),
    )
    counting = tuple(sorted((reason for reason in reasons if reason.points), key=lambda r: (-abs(r.points), r.name)))
    return Ranked(story, round(math.fsum(reason.points for reason in counting), 3), counting)


def _pinned(story: StoryView) -> Reason:
    return Reason("pinned", PINNED_POINTS if story.is_pinned else 0.0, "Chosen by the editors")


def _origins(story: StoryView, after: datetime) -> Reason:
    """New origins count in full; those of earlier days only make a carried-over story's new ones believable."""
    known = [entry for entry in story.entries if entry.seen_at <= after]
    if not known:
        words = f"Reported by {story.origins} independent publishers" if story.origins > 1 else ""
        return Reason("origins", ORIGINS_POINTS * math.log2(max(story.origins, 1)), words)
    new = max(story.origins - count_origins(known), 0)
    words = f"Taken up by {new} more independent publishers, {story.origins} in all" if new > 1 else ""
    return Reason("origins", ORIGINS_POINTS * math.log2(1 + new), words)


def _reports(reports: Sequence[EntryView], origins: int) -> Reason:
    extra = len(reports) - max(origins, 1)
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


def _personal(headline: str) -> Reason:
    return Reason("personal", PERSONAL_POINTS if _PERSONAL.search(headline) else 0.0, "")


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"

"""The stories of a time, best first, by what was known at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Substr

from newsdesk.stories.classifying.classify import judge_stories
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.ranking.novelty import MEMORY, OPENING_CHARACTERS, Account, Memory, Novelty, Report, report_of
from newsdesk.stories.ranking.score import Ranked, score_story
from newsdesk.stories.read import StoryView, read_stories


def rank_stories(*, after: datetime, until: datetime) -> list[Ranked]:
    """The relevant standing stories with reports seen in (after, until], best first, without those an editor hid.

    Those that an editor pinned come before all others, relevant or not. Only what was seen by `until` counts: a story
    that has grown since is judged again by what it held then. Five queries at most, whatever the number of stories; of
    equal scores the story seen first comes first.
    """
    wanted = Q(is_relevant=True) | Q(last_seen_at__gt=until) | Q(is_pinned=True)
    ids = _reported(after, until).filter(wanted).values_list("pk", flat=True)
    views = _as_then(read_stories(ids, until=until).values())
    ranked = score_stories([view for view in views if view.is_relevant or view.is_pinned], after=after)
    return sorted(ranked, key=lambda one: (-one.score, one.story.first_seen_at, one.story.id))


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A story of a time that is not ranked, for it was judged to be no AI news or has not been judged."""

    public_id: str
    headline: str
    relevance: float | None


def passed_over(*, after: datetime, until: datetime) -> list[PassedOver]:
    """The standing stories with reports seen in (after, until] that `rank_stories` leaves out, likeliest news first.

    Those that an editor hid are not among them. One query.
    """
    rows = _reported(after, until).exclude(is_relevant=True).exclude(is_pinned=True)
    told = rows.order_by(F("relevance").desc(nulls_first=True), "id")
    return [PassedOver(*row) for row in told.values_list("public_id", "headline", "relevance")]


def score_stories(views: Sequence[StoryView], *, after: datetime) -> list[Ranked]:
    """Each story scored for a digest whose window begins after `after`, in the order given. One query."""
    novelties = judge_novelty(views, after=after) if views else {}
    return [score_story(view, after=after, novelty=novelties.get(view.id)) for view in views]


def judge_novelty(views: Sequence[StoryView], *, after: datetime) -> dict[int, Novelty]:
    """What each story's reports seen after `after` bring that none of the days before did, by story. One query.

    A story without a report since then is left out.
    """
    memory = Memory(_accounts_until(after))
    return {view.id: memory.judge(account) for view in views if (account := _account_since(view, after)) is not None}


def _reported(after: datetime, until: datetime) -> QuerySet[Story]:
    """The standing stories, but those an editor hid, of which something was reported in (after, until]."""
    reported = Coverage.objects.filter(entry__seen_at__gt=after, entry__seen_at__lte=until).exclude(
        role=Coverage.Role.ROUND_UP
    )
    return Story.objects.standing().filter(pk__in=reported.values("story"), is_hidden=False)


def _account_since(view: StoryView, after: datetime) -> Account | None:
    reports = [entry for entry in view.entries if entry.seen_at > after and entry.role == Coverage.Role.REPORT]
    return (
        Account(view.id, tuple(report_of(entry.title, entry.text[:OPENING_CHARACTERS]) for entry in reports))
        if reports
        else None
    )


def _accounts_until(moment: datetime) -> list[Account]:
    """What the standing, relevant stories said in the days before a moment, in the order of their first reports."""
    rows = Coverage.objects.filter(
        entry__seen_at__gt=moment - MEMORY,
        entry__seen_at__lte=moment,
        role=Coverage.Role.REPORT,
        story__merged_into=None,
    ).exclude(story__is_relevant=False, story__is_pinned=False)
    opening = Substr(Coalesce("entry__article__text__text", "entry__title"), 1, OPENING_CHARACTERS)
    reports: dict[int, list[Report]] = {}
    told = rows.order_by("entry__seen_at", "entry_id").values_list("story_id", "entry__title", opening)
    for story, title, text in told:
        reports.setdefault(story, []).append(report_of(title, text))
    return [Account(story, tuple(said)) for story, said in reports.items()]


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

"""The stories that readers may list, and a theme's stories page by page of whole days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from newsdesk.site.charts import SPARK_DAYS, Sparkline, sparkline
from newsdesk.stories.models import Coverage, Story

# A page of a theme holds whole days until it has this many stories, and never more than the cap.
PAGE_STORIES = 40
MAX_PAGE_STORIES = 120


@dataclass(frozen=True, slots=True)
class ThemePage:
    """Some days of a theme, newest first; `earlier` is the next day that has stories, `hidden` counts those cut off."""

    days: tuple[tuple[date, tuple[Story, ...]], ...]
    earlier: date | None
    hidden: int
    spark: Sparkline


def listed(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Standing stories neither hidden nor judged irrelevant, with `articles` (a count) and `publisher` (the first)."""
    coverage = Coverage.objects.of_the_event().filter(story=OuterRef("pk"))
    counted = coverage.order_by().values("story").annotate(number=Count("pk"))
    first = coverage.order_by("entry__seen_at", "entry_id").values("entry__feed__publisher__name")
    return (
        stories.filter(merged_into=None, is_hidden=False)
        .exclude(is_relevant=False)
        .annotate(articles=Subquery(counted.values("number")), publisher=Subquery(first[:1]))
    )


def theme_page(theme: str, until: date | None, zone: ZoneInfo) -> ThemePage | None:
    """The theme's stories of the days up to `until` (in `zone`; the newest day where None), None if there are none.

    Two queries, whatever the number of stories.
    """
    stories = Story.objects.filter(theme=theme, merged_into=None, is_hidden=False).exclude(is_relevant=False)
    if until is not None:
        stories = stories.filter(first_seen_at__lt=_midnight_after(until, zone))
    per_day = list(
        stories.annotate(day=TruncDate("first_seen_at", tzinfo=zone))
        .values("day")
        .annotate(number=Count("pk"))
        .order_by("-day")
        .values_list("day", "number")[: SPARK_DAYS + PAGE_STORIES]
    )
    if not per_day:
        return None
    shown, rest = _whole_days(per_day)
    newest, oldest = shown[0], shown[-1]
    rows = listed(
        stories.filter(
            first_seen_at__gte=_midnight_after(oldest - timedelta(days=1), zone),
            first_seen_at__lt=_midnight_after(newest, zone),
        )
    ).order_by("-first_seen_at", "-id")[:MAX_PAGE_STORIES]
    by_day: dict[date, list[Story]] = {}
    for story in rows:
        by_day.setdefault(story.first_seen_at.astimezone(zone).date(), []).append(story)
    counts = dict(per_day)
    return ThemePage(
        days=tuple((day, tuple(found)) for day, found in by_day.items()),
        earlier=rest,
        hidden=max(0, sum(counts[day] for day in shown) - MAX_PAGE_STORIES),
        spark=sparkline(counts, newest),
    )


def _whole_days(per_day: Sequence[tuple[date, int]]) -> tuple[list[date], date | None]:
    """The first days that together hold a page of stories, and the day after which the next page starts."""
    shown: list[date] = []
    total = 0
    for day, number in per_day:
        if shown and total + number > PAGE_STORIES:
            return shown, day
        shown.append(day)
        total += number
    return shown, None


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)

"""The published digests that this site shows: its own edition's, and the weekly ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from newsdesk.digests.building.weekly import closes_week
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.models import Digest, Gap, Sequel
from newsdesk.digests.window import Hours
from newsdesk.site.page import Later

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is due: `next_at` is the next cut-off, `missing` a date whose cut-off has passed without a digest."""

    next_at: datetime
    missing: date | None


def published(edition: str | None = None) -> QuerySet[Digest]:
    """The published digests of an edition (by its slug; none: the settings'), newest first."""
    digests = Digest.objects.filter(edition__slug=edition or settings.EDITION, state=Digest.State.PUBLISHED)
    return digests.select_related("edition").order_by("-date")


def shelved() -> QuerySet[Digest]:
    """Everything in the archive, newest first; a weekly digest before the daily one of its date."""
    editions = [settings.EDITION] if settings.SAMPLE else [settings.EDITION, WEEKLY_EDITION]
    digests = Digest.objects.filter(edition__slug__in=editions, state=Digest.State.PUBLISHED)
    return digests.order_by("-date", "-edition__slug")


def with_gaps(rows: Iterable[Row], year: int) -> list[Row]:
    """A year's rows of the archive, newest first, and among them, without a number, the dates that have none."""
    held = list(rows)
    told = {row["date"] for row in held if row["edition__slug"] == settings.EDITION}
    gaps = Gap.objects.filter(edition__slug=settings.EDITION, date__year=year).select_related("edition")
    held += [
        {"date": gap.date, "edition__slug": gap.edition.slug, "number": None, "was_watched": gap.was_watched}
        for gap in gaps
        if gap.date not in told
    ]
    return sorted(held, key=lambda row: row["date"], reverse=True)


def sequels_of(digest: Digest) -> dict[int, list[Later]]:
    """What later digests tell has become of its items, by position, the first told first."""
    found: dict[int, list[Later]] = {}
    rows = Sequel.objects.filter(digest=digest).select_related("later").order_by("later__date", "later_position")
    for row in rows:
        found.setdefault(row.position, []).append(Later(row.words, row.later.date, row.later_position))
    return found


def neighbours(digest: Digest) -> tuple[date | None, date | None]:
    """The dates of the edition's published digests before and after this one."""
    same = published(digest.edition.slug)
    before = same.filter(date__lt=digest.date).values_list("date", flat=True).first()
    after = same.filter(date__gt=digest.date).order_by("date").values_list("date", flat=True).first()
    return before, after


def schedule(newest: date | None, now: datetime) -> Schedule:
    """What is due at `now` when the newest published digest is of `newest`."""
    hours = Hours.of_settings()
    due = hours.latest_date(now)
    missing = due if newest is not None and newest < due else None
    return Schedule(hours.cut_off(due + timedelta(days=1)), missing)


def weekly_schedule(now: datetime) -> Schedule:
    """When the next week closes; one that is late or was left out is not announced."""
    hours = Hours.of_settings()
    day = hours.latest_date(now) + timedelta(days=1)
    while not closes_week(day):
        day += timedelta(days=1)
    return Schedule(hours.cut_off(day), None)

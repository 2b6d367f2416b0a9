"""The published digests of the edition that this site shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from newsdesk.digests.models import Digest
from newsdesk.digests.window import cut_off, latest_date


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is due: `next_at` is the next cut-off, `missing` a date whose cut-off has passed without a digest."""

    next_at: datetime
    missing: date | None


def published() -> QuerySet[Digest]:
    """The edition's published digests, newest first."""
    return (
        Digest.objects.filter(edition__slug=settings.EDITION, state=Digest.State.PUBLISHED)
        .select_related("edition")
        .order_by("-date")
    )


def neighbours(day: date) -> tuple[date | None, date | None]:
    """The dates of the published digests before and after `day`."""
    before = published().filter(date__lt=day).values_list("date", flat=True).first()
    after = published().filter(date__gt=day).order_by("date").values_list("date", flat=True).first()
    return before, after


def schedule(newest: date | None, now: datetime) -> Schedule:
    """What is due at `now` when the newest published digest is of `newest`."""
    hour, zone = settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE
    due = latest_date(now, hour, zone)
    missing = due if newest is not None and newest < due else None
    return Schedule(cut_off(due + timedelta(days=1), hour, zone), missing)

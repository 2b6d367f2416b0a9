"""The next digest as it stands, kept for readers: made by the line, one at a time, never while a reader waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q

from newsdesk.digests.building.daily import preview_digest
from newsdesk.digests.models import Edition, Preview
from newsdesk.digests.window import Hours
from newsdesk.journal.models import Change
from newsdesk.lease import LeaseBusy, held_lease
from newsdesk.stories.models import Coverage, Story

LEASE = "preview"
# Longer than making it takes; a maker that was killed keeps it from others for so long.
LEASE_LASTS = timedelta(minutes=10)
# Making one ranks a whole day, in some 2 s of processor time: it is made anew when something tells that it would come
# out otherwise, but no sooner than after the first of these; where nothing tells that, after the second.
LEAST_AGE, MOST_AGE = timedelta(minutes=2), timedelta(minutes=15)


def keep_preview(*, now: datetime) -> bool:
    """Make and store the edition's preview, unless nothing has changed or somebody makes it now; whether it did."""
    edition = Edition.objects.get(slug=settings.EDITION)
    made_from = _made_from(now)
    if _is_fresh(edition, made_from, now):
        return False
    try:
        with held_lease(LEASE, duration=LEASE_LASTS, patience=timedelta()):
            if _is_fresh(edition, made_from, now):
                return False  # somebody has made it meanwhile
            document = preview_digest(edition, now=now)
            said = {"document": document, "made_from": made_from, "made_at": now}
            Preview.objects.update_or_create(edition=edition, defaults=said)
    except LeaseBusy:
        return False
    return True


def _is_fresh(edition: Edition, made_from: str, now: datetime) -> bool:
    kept = Preview.objects.filter(edition=edition, made_at__lte=now)
    is_new = Q(made_at__gt=now - LEAST_AGE, made_from__startswith=_date(now))
    return kept.filter(is_new | Q(made_at__gt=now - MOST_AGE, made_from=made_from)).exists()


def _made_from(now: datetime) -> str:
    """What tells that a preview would come out otherwise: the date, the newest report and edit, the unclassified."""
    newest_report = Coverage.objects.aggregate(newest=Max("pk"))["newest"]
    newest_change = Change.objects.aggregate(newest=Max("pk"))["newest"]
    unclassified = Story.objects.unclassified().count()
    return f"{_date(now)} {newest_report} {newest_change} {unclassified}"


def _date(now: datetime) -> str:
    """The date of the next digest."""
    return str(Hours.of_settings().date_of(now))

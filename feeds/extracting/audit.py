"""The audit of what awaits extraction: all entries are looked through, a range of keys at a time."""

from __future__ import annotations

import logging

from django.db.models import Max

from feeds.models import Entry

logger = logging.getLogger(__name__)

# An UPDATE each: other writers wait for a fraction of a second.
RANGE_IDS = 5_000


def audit_pending() -> int:
    """Make entries without an article pending if they are not, and those with one no longer; how many were lost.

    Every writer sees to that by itself: what is found here was left by a program that does not, or by hand.
    """
    lost = 0
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last + 1, RANGE_IDS):
        rows = Entry.objects.filter(pk__gte=start, pk__lt=start + RANGE_IDS)
        rows.filter(awaits_extraction=True, article__isnull=False).update(awaits_extraction=False)
        lost += rows.filter(awaits_extraction=False, article__isnull=True).update(awaits_extraction=True)
    logger.log(logging.WARNING if lost else logging.INFO, "The audit found %d entries lost to extraction.", lost)
    return lost

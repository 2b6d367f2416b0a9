"""Dates without a digest, for nobody watched or published: noted, so that readers and the desk are told."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from newsdesk.digests.due import last_published
from newsdesk.digests.models import Digest, Edition, Gap
from newsdesk.digests.watching import read_watch
from newsdesk.digests.window import Hours, window_of

logger = logging.getLogger(__name__)

# A desk that comes back after longer has no gap but a new beginning.
LONGEST_GAP = timedelta(days=60)


def note_gaps(edition: Edition, now: datetime) -> int:
    """Note the dates since the last digest that have none: the latest if nobody watched it; how many are new.

    Dates before the first digest are no gaps.
    """
    latest = Hours.of_settings().latest_date(now)
    last = last_published(edition)
    if last is None or not latest - LONGEST_GAP <= last < latest:
        return 0
    known = set(edition.gaps.filter(date__gt=last).values_list("date", flat=True))
    days = [last + timedelta(days=number) for number in range(1, (latest - last).days + 1)]
    new = [gap for day in days if day not in known and (gap := _judge(edition, day, latest, now))]
    Gap.objects.bulk_create(new, ignore_conflicts=True)
    for gap in new:
        logger.warning("%s", in_words(gap))
    return len(new)


def forget_gaps_ahead(edition: Edition, now: datetime) -> None:
    """Forget what was noted in the future: the clock had run ahead."""
    edition.gaps.filter(noted_at__gt=now).delete()


def gap_of(edition: str, day: date) -> Gap | None:
    """The gap of a date that has no published digest."""
    published = Digest.objects.filter(edition=OuterRef("edition"), date=day, state=Digest.State.PUBLISHED)
    return Gap.objects.filter(~Exists(published), edition__slug=edition, date=day).first()


def in_words(gap: Gap) -> str:
    """What is known of a gap, for whoever runs the desk."""
    counted = f"{gap.feeds_answered} of {gap.feeds} feeds answered for {gap.date}"
    built = f"manage.py build_digest {gap.date} makes one all the same."
    if gap.was_watched:
        return f"No digest of {gap.date} was published: Newsdesk was off when it was due ({counted}). {built}"
    return f"Not watching: {counted}, so no digest of it is published. {built}"


def _judge(edition: Edition, day: date, latest: date, now: datetime) -> Gap | None:
    watch = read_watch(*window_of(day))
    if watch is None or (watch.is_enough and day == latest):
        return None
    return Gap(
        edition=edition,
        date=day,
        was_watched=watch.is_enough,
        feeds_answered=watch.answered,
        feeds=watch.feeds,
        noted_at=now,
    )

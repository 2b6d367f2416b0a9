"""Publish a digest, and keep an edition's digests coming: what the last stage of the line does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Min, Q

from feeds.models import Article, Entry, Feed
from newsdesk.digests.build import AlreadyPublished, build_digest, window_of
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.window import date_of, latest_date

logger = logging.getLogger(__name__)

# How long after the cut-off a digest waits for entries that earlier stages have not finished.
GRACE = timedelta(minutes=20)
# The edition that publishes every date it has news for, not the latest alone.
SAMPLE_EDITION = "sample"


def publish_digest(digest: Digest, *, now: datetime) -> None:
    """Publish a digest that was built, at most once, by one conditional UPDATE.

    Raises:
        AlreadyPublished: Somebody has published it.
    """
    unpublished = Digest.objects.filter(pk=digest.pk).exclude(state=Digest.State.PUBLISHED)
    if not unpublished.update(state=Digest.State.PUBLISHED, published_at=now):
        raise AlreadyPublished(f"The digest of {digest.date} is published already.")
    digest.refresh_from_db()


def publish_due(*, now: datetime) -> int:
    """Build and publish what is due of the settings' edition; returns how many digests were published.

    Due is the latest date whose cut-off has passed (in the sample edition every date that has news). It waits, for at
    most 20 minutes after the cut-off (or, at a first start, after the first reading), while feeds that were never read
    and entries seen before it are still on their way through earlier stages.
    """
    edition = Edition.objects.get(slug=settings.EDITION)
    return sum(_publish_date(edition, day, now) for day in _due_dates(edition, now))


def is_pending(after: datetime, until: datetime) -> bool:
    """Whether news seen in (after, until] is on its way still: unread, not compared, clustered or classified."""
    entries = Entry.objects.filter(is_news=True, seen_at__gt=after, seen_at__lte=until)
    unclassified = Q(
        coverage__story__merged_into=None, coverage__story__classified_version__lt=F("coverage__story__version")
    )
    return entries.filter(Q(article=None) | Q(fingerprint=None) | Q(coverage=None) | unclassified).exists()


def _due_dates(edition: Edition, now: datetime) -> Iterator[date]:
    published = set(edition.digests.filter(state=Digest.State.PUBLISHED).values_list("date", flat=True))
    last = latest_date(now, settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE)
    day = last
    if edition.slug == SAMPLE_EDITION:
        first_seen = Entry.objects.filter(is_news=True).aggregate(first=Min("seen_at"))["first"]
        if first_seen is not None:
            day = min(day, date_of(first_seen, settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE))
    while day <= last:
        if day not in published:
            yield day
        day += timedelta(days=1)


def _publish_date(edition: Edition, day: date, now: datetime) -> int:
    after, until = window_of(day)
    if not _was_watching(until):
        return 0
    if now < max(until, _first_reading() or until) + GRACE and (_is_unread(now) or is_pending(after, until)):
        return 0
    try:
        digest = edition.digests.filter(date=day, state=Digest.State.APPROVED).first() or build_digest(
            edition, day, now=now
        )
        publish_digest(digest, now=now)
    except AlreadyPublished:
        return 0  # another worker was faster
    logger.info("published the digest of %s: %s", day, digest.title)
    return 1


def _was_watching(until: datetime) -> bool:
    """Whether anything was read at all: a digest of an empty desk would claim a quiet day that nobody watched."""
    return Feed.objects.exclude(polled_at=None).exists() or Entry.objects.filter(seen_at__lte=until).exists()


def _first_reading() -> datetime | None:
    """About when anything was read for the first time: the backlog of a first poll counts for a cut-off long past."""
    first: datetime | None = Article.objects.aggregate(first=Min("extracted_at"))["first"]
    polled: datetime | None = Feed.objects.aggregate(first=Min("polled_at"))["first"]
    return first or polled


def _is_unread(now: datetime) -> bool:
    """Whether a feed waits for its first poll."""
    return Feed.objects.filter(polled_at=None, is_active=True, next_poll_at__lte=now).exists()

"""Which dates' digests are due, and how long one waits for news that is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Max, Min, Q

from feeds.models import Article, Entry, Feed
from newsdesk.digests.editions import SAMPLE_EDITION
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.watching import read_watch
from newsdesk.digests.window import Hours, window_of

# How long after the cut-off a digest waits for entries that earlier stages have not finished.
GRACE = timedelta(minutes=20)


def is_pending(after: datetime, until: datetime) -> bool:
    """Whether news seen in (after, until] is on its way still: unread, not compared, clustered or classified."""
    entries = Entry.objects.filter(is_news=True, seen_at__gt=after, seen_at__lte=until)
    unclassified = Q(
        coverage__story__merged_into=None, coverage__story__classified_version__lt=F("coverage__story__version")
    )
    return entries.filter(Q(article=None) | Q(fingerprint=None) | Q(coverage=None) | unclassified).exists()


def due_dates(edition: Edition, now: datetime) -> Iterator[date]:
    """The unpublished dates whose cut-off has passed: the latest, in the sample edition every one that has news."""
    published = set(edition.digests.filter(state=Digest.State.PUBLISHED).values_list("date", flat=True))
    last = Hours.of_settings().latest_date(now)
    day = last
    if edition.slug == SAMPLE_EDITION:
        first_seen = Entry.objects.filter(is_news=True).aggregate(first=Min("seen_at"))["first"]
        if first_seen is not None:
            day = min(day, Hours.of_settings().date_of(first_seen))
    while day <= last:
        if day not in published:
            yield day
        day += timedelta(days=1)


def must_wait(after: datetime, until: datetime, now: datetime) -> bool:
    """Whether what was seen in (after, until] is not through the earlier stages yet, and has some time left for it."""
    in_time = now < max(until, _first_reading() or until) + GRACE
    return in_time and (_is_unread(now) or is_pending(after, until))


def has_read_anything(until: datetime) -> bool:
    """Whether anything was read at all: a digest of an empty desk would claim a quiet day that nobody watched."""
    return Feed.objects.exclude(polled_at=None).exists() or Entry.objects.filter(seen_at__lte=until).exists()


def was_watching(after: datetime, until: datetime) -> bool:
    """Whether enough feeds answered for the window (after, until]; a recording was watched by whoever made it."""
    watch = read_watch(after, until)
    return watch.is_enough if watch else Entry.objects.filter(seen_at__lte=until).exists()


def last_published(edition: Edition) -> date | None:
    """The newest date that the edition has published."""
    last: date | None = edition.digests.filter(state=Digest.State.PUBLISHED).aggregate(last=Max("date"))["last"]
    return last


def has_stood(edition: Edition, now: datetime) -> bool:
    """Whether the latest date has been the latest for a while: a clock that jumps for a moment moves nothing.

    Notes the latest date where it is another than before.
    """
    day = Hours.of_settings().latest_date(now)
    noted = Edition.objects.filter(pk=edition.pk, due_date=day, due_since__lte=now)
    since = noted.values_list("due_since", flat=True).first()
    if since is None:
        Edition.objects.filter(pk=edition.pk).update(due_date=day, due_since=now)
        since = now
    return now >= since + GRACE


def overdue_date(now: datetime) -> date | None:
    """The latest date, where its digest is late: neither published nor known to have been watched by nobody."""
    day = Hours.of_settings().latest_date(now)
    edition = Edition.objects.filter(slug=settings.EDITION).first()
    if edition is None or last_published(edition) is None or now < window_of(day)[1] + GRACE:
        return None
    published = edition.digests.filter(date=day, state=Digest.State.PUBLISHED)
    return None if published.exists() or edition.gaps.filter(date=day).exists() else day


def _first_reading() -> datetime | None:
    """About when anything was read for the first time: the backlog of a first poll counts for a cut-off long past."""
    first: datetime | None = Article.objects.aggregate(first=Min("extracted_at"))["first"]
    polled: datetime | None = Feed.objects.aggregate(first=Min("polled_at"))["first"]
    return first or polled


def _is_unread(now: datetime) -> bool:
    """Whether a feed waits for its first poll."""
    return Feed.objects.filter(polled_at=None, is_active=True, next_poll_at__lte=now).exists()

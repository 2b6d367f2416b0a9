"""Put a recorded stream through the line with the recording's own clock: no network, no model, no mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from feeds.extracting.extract import adopt_feed_text
from feeds.models import RECORDING_SCHEME, Article, ArticleText, Entry, Feed
from feeds.recording import Record, RecordStore
from newsdesk.digests.building.build import build
from newsdesk.digests.models import Correction, Digest, Edition
from newsdesk.digests.publish import publish_digest
from newsdesk.digests.refused import AlreadyPublished
from newsdesk.digests.window import Hours, window_of
from newsdesk.stages import Stage, in_line_order
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.clustering.repairs_in_journal import forget_repairs
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Fingerprint, Story

# Records worked on at a time: enough to be quick, few enough to keep memory and transactions small.
BATCH_RECORDS = 400


class HoldsPolledEntries(Exception):
    """The database holds entries that were polled: a recording's clock would tear them apart."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: the clock, records put through, digests published so far."""

    clock: datetime
    records: int
    published: int


def refuse_polled_entries() -> None:
    """Raises: HoldsPolledEntries where an entry did not come from a recording."""
    if Entry.objects.exclude(feed__url__startswith=RECORDING_SCHEME).exists():
        raise HoldsPolledEntries("This database holds polled entries; replay into another NEWSDESK_DATA_DIR.")


def delete_recording() -> None:
    """Delete every row that a recording left: digests, stories, entries, feeds and texts.

    Raises:
        HoldsPolledEntries: The database is not a recording's.
    """
    refuse_polled_entries()
    with transaction.atomic():
        Correction.objects.all().delete()
        Digest.objects.all().delete()
        Coverage.objects.all().delete()
        Story.objects.update(thread=None, merged_into=None)
        Story.objects.all().delete()
        Fingerprint.objects.all().delete()
        Article.objects.all().delete()
        Entry.objects.all().delete()
        Feed.objects.filter(url__startswith=RECORDING_SCHEME).delete()
        ArticleText.objects.all().delete()
        forget_repairs()


def replay(
    records: Iterable[Record],
    edition: Edition,
    *,
    until: datetime | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Store, cluster and classify the records in the order seen, and publish each day's digest as its cut-off passes.

    The clock ends with the last record, or at `until`: what was seen later is left out. A date without any record in
    its window gets no digest. Replaying again changes nothing. `tell` hears of every batch and digest.
    Raises: HoldsPolledEntries.
    """
    refuse_polled_entries()
    stream = sorted((r for r in records if until is None or r.first_seen <= until), key=lambda r: r.first_seen)
    if not stream:
        return Progress(until or datetime.min.replace(tzinfo=settings.DIGEST_TIME_ZONE), 0, 0)
    end = until or stream[-1].first_seen
    store = RecordStore()
    done = published = 0
    for day, seen in _by_day(stream):
        for start in range(0, len(seen), BATCH_RECORDS):
            batch = seen[start : start + BATCH_RECORDS]
            _put_through(store, batch)
            done += len(batch)
            tell(Progress(batch[-1].first_seen, done, published))
        cut_off = window_of(day)[1]
        published += _close_day(edition, day, cut_off, end)
        if cut_off <= end:
            tell(Progress(cut_off, done, published))
    return Progress(end, done, published)


def _by_day(stream: Sequence[Record]) -> Iterator[tuple[date, list[Record]]]:
    """The records by the date of the digest in whose window they were seen."""
    seen: list[Record] = []
    day: date | None = None
    for record in stream:
        if day is not None and record.first_seen > window_of(day)[1]:
            yield day, seen
            seen, day = [], None
        if day is None:
            day = Hours.of_settings().date_of(record.first_seen)
        seen.append(record)
    if day is not None:
        yield day, seen


def _put_through(store: RecordStore, batch: Sequence[Record]) -> None:
    """Take records as far as stories, at the moment when the last of them was seen."""
    now = batch[-1].first_seen
    steps: dict[Stage, Callable[[], object]] = {
        Stage.POLL: lambda: store.store(batch),
        Stage.EXTRACT: lambda: adopt_feed_text(now=now),
        Stage.DEDUPE: lambda: dedupe_pending(now=now),
        Stage.CLUSTER: lambda: cluster_pending(now=now),
    }
    for step in in_line_order(steps):
        step()


def _close_day(edition: Edition, day: date, cut_off: datetime, end: datetime) -> int:
    """Classify what is in by a date's cut-off and publish its digest; how many were published.

    Where the recording ends before the cut-off, the date is left unpublished.
    """
    now = min(cut_off, end)
    steps: dict[Stage, Callable[[], int]] = {
        Stage.CLASSIFY: lambda: classify_pending(now=now),
        Stage.PUBLISH: lambda: _publish(edition, day, now) if cut_off <= end else 0,
    }
    *_, published = (step() for step in in_line_order(steps))
    return published


def _publish(edition: Edition, day: date, now: datetime) -> int:
    try:
        publish_digest(build(edition, day, now=now, model="none"), now=now)
    except AlreadyPublished:
        return 0
    return 1

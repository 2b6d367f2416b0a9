"""What waits for the stages of this app: found by index, gone through by key, and audited at night.

A stage asks an index that holds what is pending and nothing else (`docs/decisions/0012-queues-and-pending-work.md`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from feeds.models import Article, Entry, Feed
from newsdesk.stories.models import Fingerprint

logger = logging.getLogger(__name__)

# How long an entry waits for its turn: most pages are read within seconds, and a digest waits for longer (`due.GRACE`).
ORDER_PATIENCE = timedelta(minutes=5)
EARLIEST = datetime.min.replace(tzinfo=UTC)
# SQLite takes no more values in one query.
QUERY_KEYS = 5_000
PAGE_KEYS = 200
# Keys to a statement of the audit: other writers wait for a fraction of a second.
RANGE_IDS = 5_000


def entries_by_key(rows: QuerySet[Article] | QuerySet[Fingerprint]) -> Iterator[int]:
    """The entries, by id and in its order, of rows that a partial index holds, a page at a time.

    PostgreSQL cannot know how few they are (of two columns it takes nearly all to differ); asked for a short page in
    the index's order it uses the index all the same.
    """
    last = 0
    while page := list(rows.filter(entry__gt=last).order_by("entry_id").values_list("entry", flat=True)[:PAGE_KEYS]):
        yield from page
        if len(page) < PAGE_KEYS:
            return
        last = page[-1]


def in_order_seen(entry_ids: Iterable[int], among: QuerySet[Entry]) -> list[int]:
    """Those of the entries, by id, that are in `among`, in the order in which they were seen.

    The ids come first and the rows by key: joined, SQLite would go through all entries to have them in order.
    """
    ids = iter(entry_ids)
    found: list[tuple[datetime, int]] = []
    while keys := list(islice(ids, QUERY_KEYS)):
        found += among.filter(pk__in=keys).values_list("seen_at", "pk")
    return [pk for _, pk in sorted(found)]


def in_turn(waiting: Sequence[int], now: datetime) -> Sequence[int]:
    """Those of the entries ready for clustering, in the order seen, that are placed now; the others wait their turn.

    An entry waits for news seen before it that earlier stages have still in hand, and for feeds that are being asked
    for the first time, whose backlog is older: stories do not depend on which page was slow. None waits for longer
    than ORDER_PATIENCE, and none behind one that has waited so long.
    """
    expired = now - ORDER_PATIENCE
    first = _first_on_its_way(expired, now) if waiting else None
    if first is None:
        return waiting
    ready: list[bool] = []
    for ids in batched(waiting, QUERY_KEYS):
        rows = Entry.objects.filter(pk__in=ids).values_list("seen_at", "pk", "article__extracted_at")
        ready += [(seen_at, pk) < first or read_at <= expired for seen_at, pk, read_at in sorted(rows)]
    return waiting[: max((place for place, is_ready in enumerate(ready, 1) if is_ready), default=0)]


def _first_on_its_way(expired: datetime, now: datetime) -> tuple[datetime, int] | None:
    """The first news, by (`seen_at`, id), that is stored and not yet fingerprinted, or may come from a new feed."""
    if Feed.objects.filter(is_active=True, polled_at=None, next_poll_at__range=(expired, now)).exists():
        return EARLIEST, 0
    unread = Entry.objects.without_article().order_by("pk").values_list("pk", flat=True)
    keys = [*unread[:QUERY_KEYS], *islice(entries_by_key(Article.objects.untaken()), QUERY_KEYS)]
    rows: list[tuple[datetime, int]] = []
    for ids in batched(keys, QUERY_KEYS):
        news = Entry.objects.filter(pk__in=ids, is_news=True, fingerprint=None)
        rows += news.order_by("seen_at", "pk").values_list("seen_at", "pk")[:1]
    return min(rows, default=None)


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The ids, so many at a time."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def audit_pending() -> int:
    """Let all rows say what is pending, a range of keys at a time; how much was lost to dedupe and to clustering.

    Every writer sees to that by itself: what is found here was left by a program that does not, or by hand.
    """
    printed = Fingerprint.objects.filter(entry=OuterRef("entry")).values("text")[:1]
    texts = entries = 0
    for start in _starts(Article.objects.all()):
        rows = Article.objects.filter(pk__gte=start, pk__lt=start + RANGE_IDS)
        known = rows.filter(entry__fingerprint__isnull=False).exclude(taken_text=F("entry__fingerprint__text"))
        texts += known.filter(taken_text=F("text")).count()
        known.update(taken_text=Subquery(printed))
        texts += rows.filter(entry__fingerprint__isnull=True, taken_text=F("text")).update(taken_text="")
    for start in _starts(Fingerprint.objects.all()):
        prints = Fingerprint.objects.filter(pk__gte=start, pk__lt=start + RANGE_IDS)
        waits = Q(entry__is_news=True, entry__coverage__isnull=True)
        prints.filter(~waits, awaits_clustering=True).update(awaits_clustering=False)
        entries += prints.filter(waits, awaits_clustering=False).update(awaits_clustering=True)
    lost = texts + entries
    words = "The audit found %d texts lost to dedupe and %d entries lost to clustering."
    logger.log(logging.WARNING if lost else logging.INFO, words, texts, entries)
    return lost


def _starts(rows: QuerySet[Any]) -> range:
    return range(0, (rows.aggregate(last=Max("pk"))["last"] or 0) + 1, RANGE_IDS)

"""What waits for the stages of this app: found by index, gone through by key, and audited at night.

A stage asks an index that holds what is pending and nothing else (`docs/decisions/0012-queues-and-pending-work.md`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from feeds.models import Article, Entry
from newsdesk.stories.models import Fingerprint

logger = logging.getLogger(__name__)

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

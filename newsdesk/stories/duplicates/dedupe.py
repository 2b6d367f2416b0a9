"""Find out which entries copy one another, and record each copy's original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from feeds.models import Article, ArticleText, Entry
from newsdesk.stories.duplicates.copies import COPY_WINDOW, Kind, Match, Originals, links_elsewhere
from newsdesk.stories.duplicates.fingerprint import Print
from newsdesk.stories.models import Fingerprint, FingerprintKey
from newsdesk.stories.pending import batched, entries_by_key, in_order_seen

BATCH_ENTRIES = 200
# SQLite takes no more values in one query.
QUERY_KEYS = 5_000


def dedupe_pending(*, now: datetime, limit: int | None = None) -> int:
    """Fingerprint the entries whose article's text has none yet, in the order seen; how many were.

    An entry that others copy stays an original when its text changes, so that copies never chain.
    """
    waiting = entries_by_key(Article.objects.untaken())
    done = sum(
        _dedupe_batch(ids) for ids in batched(in_order_seen(waiting, Entry.objects.all())[:limit], BATCH_ENTRIES)
    )
    if done:
        FingerprintKey.objects.filter(seen_at__lt=now - 2 * COPY_WINDOW).delete()
    return done


def _dedupe_batch(ids: Sequence[int]) -> int:
    """Fingerprint those entries of a batch whose text has no fingerprint yet, and take up the texts; how many were."""
    entries = Entry.objects.filter(pk__in=ids).select_related("feed__publisher", "article__text", "fingerprint")
    batch = list(entries.order_by("seen_at", "id"))
    known = {entry.pk: entry.fingerprint.text_id for entry in batch if hasattr(entry, "fingerprint")}
    pending = [entry for entry in batch if known.get(entry.pk) != entry.article.text_id]
    with transaction.atomic():
        if pending:
            _fingerprint(pending)
        # What the fingerprints are of, not what the articles hold by now: a text that changed meanwhile stays pending.
        printed = Fingerprint.objects.filter(entry=OuterRef("entry")).values("text")[:1]
        Article.objects.filter(entry__in=ids).update(taken_text=Subquery(printed))
    return len(pending)


def entry_print(entry: Entry, text: ArticleText) -> Print:
    """The print of an entry with the given text; needs `feed__publisher` loaded."""
    title, _, body = text.text.partition("\n\n")
    return Print(
        key=entry.pk,
        feed=entry.feed.url,
        publisher=entry.feed.publisher.slug,
        url=entry.canonical_url,
        title=title,
        body=body,
        seen_at=entry.seen_at,
        is_link=links_elsewhere(entry.feed.url, entry.feed.title, entry.url),
    )


def _fingerprint(batch: Sequence[Entry]) -> None:
    prints = [entry_print(entry, entry.article.text) for entry in batch]
    keys = {new.key: new.keys() for new in prints}
    originals = _known_originals(prints, keys)
    copied = set(Fingerprint.objects.filter(original__in=batch).values_list("original", flat=True))
    matches: dict[int, Match | None] = {}
    for new in prints:
        if new.key in copied:
            originals.add(new, keys[new.key])
            matches[new.key] = None
        else:
            matches[new.key] = originals.place(new, keys[new.key])
    with transaction.atomic():
        rows = Fingerprint.objects.bulk_create(
            [
                Fingerprint(
                    entry=entry,
                    text=entry.article.text,
                    kind=match.kind if (match := matches[entry.pk]) else Kind.ORIGINAL,
                    original_id=match.original if match else None,
                    awaits_clustering=entry.is_news,
                )
                for entry in batch
            ],
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=["text", "kind", "original"],
        )
        # After the rows, for which another worker with the same entries makes us wait: its keys are seen only then.
        FingerprintKey.objects.filter(fingerprint__entry__in=batch).delete()
        FingerprintKey.objects.bulk_create(
            FingerprintKey(fingerprint=row, key=key, seen_at=row.entry.seen_at)
            for row in rows
            if row.original_id is None
            for key in keys[row.entry_id]
        )


def _known_originals(prints: Sequence[Print], keys: Mapping[int, Sequence[int]]) -> Originals:
    """The stored originals that share a key with one of the prints and were seen near enough to it.

    Only the texts of those are read with which a print must be compared: boilerplate that thousands share costs none.
    """
    from_time = min(new.seen_at for new in prints) - COPY_WINDOW
    to_time = max(new.seen_at for new in prints) + COPY_WINDOW
    ordered = sorted({key for values in keys.values() for key in values})
    known = Originals()
    replaced = {new.key for new in prints}
    for start in range(0, len(ordered), QUERY_KEYS):
        rows = FingerprintKey.objects.filter(
            key__in=ordered[start : start + QUERY_KEYS], seen_at__gte=from_time, seen_at__lte=to_time
        )
        for entry, seen_at, key in rows.values_list("fingerprint__entry", "seen_at", "key"):
            if entry not in replaced:
                known.note(entry, seen_at, key)
    wanted = sorted({original for new in prints for original in known.candidates(new, keys[new.key])})
    for start in range(0, len(wanted), QUERY_KEYS):
        found = Fingerprint.objects.filter(entry__in=wanted[start : start + QUERY_KEYS])
        for row in found.select_related("entry__feed__publisher", "text"):
            known.add(entry_print(row.entry, row.text))
    return known

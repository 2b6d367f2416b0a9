"""Storing what a feed's document says: decided by a pure function, written in one short transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from feeds.models import Article, Entry, Feed
from feeds.parsing.parsed import ParsedEntry, ParsedFeed
from feeds.urls import canonical_url

# What a publisher dated longer than this before we saw it is no news, however new it is to us.
NEWS_WINDOW = timedelta(hours=72)
MAX_STORED_GUID_CHARACTERS = 500
# In a document of this size without one known guid, known texts are old entries even under new dates.
RENUMBERED_COUNT = 5
# So many entries at once with not one known guid among them, in a feed that we know, look like new guids for old
# entries: a busy feed brings that many between two polls too, but its document overlaps the last one.
MASS_REGUID_COUNT = 20
CHANGED_REASON = "The publisher changed the entry."


@dataclass(frozen=True)
class Known:
    """An entry of the feed as it is stored."""

    pk: int
    guid: str
    canonical_url: str
    content_hash: str
    published_at: datetime | None


@dataclass(frozen=True)
class Incoming:
    """An entry of the document with the keys it is recognised by."""

    entry: ParsedEntry
    guid: str
    canonical_url: str
    content_hash: str


@dataclass(frozen=True)
class Plan:
    """What to write: entries to insert, and pairs of a stored entry and what it becomes."""

    inserts: tuple[Incoming, ...] = ()
    updates: tuple[tuple[Known, Incoming], ...] = ()
    unchanged: int = 0
    is_mass_reguid: bool = False


@dataclass(frozen=True)
class Stored:
    """How many entries of a document were inserted, updated and left as they were."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0


def store(feed: Feed, parsed: ParsedFeed, *, now: datetime) -> Stored:
    """Write the document's entries; writing the same document again changes nothing, and nothing is ever deleted.

    On a first poll (`feed.succeeded_at` is None) the backlog is stored with `seen_at` = `published_at`, as if we had
    been polling then. An entry whose text changed becomes pending for extraction again.
    """
    incoming = identify(parsed.entries)
    with transaction.atomic():
        # Two workers with the same feed take turns here: no insert can meet a row that was not read before.
        Feed.objects.select_for_update().get(pk=feed.pk)
        has_entries = Entry.objects.filter(feed=feed).exists()
        plan = decide(incoming, _known(feed, incoming) if has_entries else (), has_entries=has_entries)
        is_first = feed.succeeded_at is None
        rows = [_new_row(feed, item, plan, is_first=is_first, now=now) for item in plan.inserts]
        Entry.objects.bulk_create(rows)
        _update(plan.updates, now)
    return Stored(len(plan.inserts), len(plan.updates), plan.unchanged)


def identify(entries: Iterable[ParsedEntry]) -> tuple[Incoming, ...]:
    """The document's entries with their keys, each key once.

    A guid names an entry unless it is missing or several entries with different addresses carry it; then the
    canonical URL does, unless several such entries share it; then a hash of title and date.
    """
    keyed = [(entry, canonical_url(entry.url)) for entry in entries]
    addresses: dict[str, set[str]] = {}
    for entry, address in keyed:
        addresses.setdefault(entry.guid, set()).add(address)
    needs_address = [not entry.guid or len(addresses[entry.guid]) > 1 for entry, _ in keyed]
    shared = Counter(address for (_, address), needed in zip(keyed, needs_address, strict=True) if needed)
    found: dict[str, Incoming] = {}
    for (entry, address), needed in zip(keyed, needs_address, strict=True):
        if not needed:
            guid = entry.guid
        elif address and shared[address] == 1:
            guid = address
        else:
            guid = _sha256(entry.title, entry.published_at.isoformat() if entry.published_at else "", address)
        guid = guid if len(guid) <= MAX_STORED_GUID_CHARACTERS else _sha256(guid)
        found.setdefault(guid, Incoming(entry, guid, address, content_hash(entry)))
    return tuple(found.values())


def decide(incoming: Sequence[Incoming], known: Iterable[Known], *, has_entries: bool = True) -> Plan:
    """Which entries are new, which stored ones changed, and which are as they were.

    An entry with an unknown guid is still a stored one when it has that one's canonical URL, or its text and date,
    and the stored guid is gone from the document: the publisher changed its guids.
    """
    by_guid = {row.guid: row for row in known}
    present = {item.guid for item in incoming}
    gone = [row for row in by_guid.values() if row.guid not in present]
    nobody_known = has_entries and not (present & by_guid.keys())
    dates_count = not (nobody_known and len(incoming) >= RENUMBERED_COUNT)
    by_address = _unambiguous((row.canonical_url, row) for row in gone)
    addresses = Counter(item.canonical_url for item in incoming)
    by_text = _unambiguous((row.content_hash, row) for row in gone)
    inserts, updates, unchanged, taken = [], [], 0, set[int]()
    for item in incoming:
        row = by_guid.get(item.guid)
        if row is None and addresses[item.canonical_url] == 1:
            row = by_address.get(item.canonical_url)
        if row is None:
            row = by_text.get(item.content_hash)
            if row is not None and dates_count and row.published_at != item.entry.published_at:
                row = None
        if row is None or row.pk in taken:
            inserts.append(item)
            continue
        taken.add(row.pk)
        if (row.guid, row.content_hash, row.canonical_url) == (item.guid, item.content_hash, item.canonical_url):
            unchanged += 1
        else:
            updates.append((row, item))
    is_mass = nobody_known and len(incoming) >= MASS_REGUID_COUNT
    return Plan(tuple(inserts), tuple(updates), unchanged, is_mass)


def content_hash(entry: ParsedEntry) -> str:
    """The hash that tells whether an entry changed. Its dates are left out: some feeds stamp each poll's time."""
    return _sha256(entry.title, entry.author, entry.summary, entry.body)


def is_news(published_at: datetime | None, seen_at: datetime) -> bool:
    """Whether what we first saw at `seen_at` was news then; an undated entry is taken at its first sight."""
    return published_at is None or published_at >= seen_at - NEWS_WINDOW


def _new_row(feed: Feed, item: Incoming, plan: Plan, *, is_first: bool, now: datetime) -> Entry:
    entry = item.entry
    published_at = min(entry.published_at, now) if entry.published_at else None
    if is_first:
        seen_at = published_at or now
        news = published_at is not None and published_at >= now - timedelta(hours=settings.BACKLOG_NEWS_HOURS)
    else:
        seen_at = now
        # Undated entries of a feed that was renumbered are most likely old ones.
        news = is_news(published_at, now) and not (plan.is_mass_reguid and published_at is None)
    return Entry(
        feed=feed, guid=item.guid, published_at=published_at, seen_at=seen_at, is_news=news, **_content(feed, item)
    )


def _content(feed: Feed, item: Incoming) -> dict[str, str]:
    entry = item.entry
    return {
        "url": entry.url,
        "canonical_url": item.canonical_url,
        "title": entry.title,
        "author": entry.author,
        "summary": entry.summary,
        "body": entry.body,
        "language": entry.language or feed.language,
        "content_hash": item.content_hash,
    }


def _update(updates: Sequence[tuple[Known, Incoming]], now: datetime) -> None:
    rows = Entry.objects.select_related("feed").in_bulk([known.pk for known, _ in updates])
    changed_texts = []
    for known, item in sorted(updates, key=lambda update: update[0].pk):  # the order in which others lock entries
        row = rows[known.pk]
        if _text(row.title, row.summary, row.body) != _text(item.entry.title, item.entry.summary, item.entry.body):
            changed_texts.append(row.pk)
        values = {"guid": item.guid, "updated_at": now, **_content(row.feed, item)}
        Entry.objects.filter(pk=row.pk).update(**values)
    Article.objects.filter(entry_id__in=changed_texts).update(
        outcome=Article.Outcome.FAILED, retry_at=now, attempts=0, reason=CHANGED_REASON
    )


def _text(title: str, summary: str, body: str) -> tuple[str, str]:
    """What the article's text would be made of: a summary counts only where there is no body."""
    return title, body or summary


def _known(feed: Feed, incoming: Sequence[Incoming]) -> list[Known]:
    """The stored entries of the feed that the document's entries could be."""
    entries = Entry.objects.filter(feed=feed)
    fields = ("pk", "guid", "canonical_url", "content_hash", "published_at")
    rows = list(entries.filter(guid__in=[item.guid for item in incoming]).values(*fields))
    found = {row["guid"] for row in rows}
    if unknown := [item for item in incoming if item.guid not in found]:
        match = Q(content_hash__in=[item.content_hash for item in unknown])
        match |= Q(canonical_url__in=[item.canonical_url for item in unknown if item.canonical_url])
        rows += entries.filter(match).exclude(guid__in=found).values(*fields)
    return [Known(**row) for row in rows]


def _unambiguous(pairs: Iterable[tuple[str, Known]]) -> Mapping[str, Known]:
    """Each key that belongs to exactly one row."""
    found: dict[str, list[Known]] = {}
    for key, row in pairs:
        if key:
            found.setdefault(key, []).append(row)
    return {key: rows[0] for key, rows in found.items() if len(rows) == 1}


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

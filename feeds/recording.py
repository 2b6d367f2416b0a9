"""Recorded streams: JSON records, one a line, that stand in for polling.

Each source and site of a stream becomes a feed that is never polled, each record an entry whose guid is its id and
whose `seen_at` is the moment a collector first saw it.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import transaction

from feeds.catalogue.publishers import publisher_of, slug_of
from feeds.dates import parse_date
from feeds.models import RECORDING_SCHEME, Entry, Feed
from feeds.parsing.parsed import Markup, ParsedEntry, clean_entry
from feeds.polling.store import content_hash, is_news
from feeds.scrub import scrub
from feeds.urls import canonical_url, host_of, site_of

LABELS = (
    *("story", "theme", "relevant", "thread", "duplicate_of"),
    *("state", "relays", "origins_min", "origins_likely", "origins_max"),
)
# The clock of records without any time: the first is seen here, each next one a second later.
UNDATED_START = datetime(2000, 1, 1, tzinfo=UTC)
UNDATED_STEP = timedelta(seconds=1)
DEFAULT_SOURCE = "recording"
MAX_ID_CHARACTERS = 500
BATCH = 500

_NOT_LETTERS = re.compile(r"[\W_]+")


class BadRecord(ValueError):
    """A line that is no record; the message names file, line and fault."""

    def __init__(self, path: Path, line: int, fault: str) -> None:
        super().__init__(f"{path.name}, line {line}: {fault}")
        self.line = line
        self.fault = fault


@dataclass(frozen=True)
class Record:
    """One line of a recorded stream, its texts plain and bounded; `labels` holds what of LABELS the line carries."""

    id: str
    source: str
    domain: str
    url: str
    title: str
    summary: str
    body: str
    published_at: datetime | None
    first_seen: datetime
    lang: str
    labels: Mapping[str, Any] = field(default_factory=dict)


def read_records(path: Path, *, bad: list[BadRecord] | None = None) -> Iterator[Record]:
    """The records of a JSONL file (also .gz), in the file's order.

    With a list for `bad`, faulty lines are collected there and left out. A record without `first_seen` is seen when it
    was published; one without either, a second after the record before it.
    Raises: BadRecord without such a list; OSError if the file cannot be opened.
    """
    previous = UNDATED_START - UNDATED_STEP
    for number, line in _lines(path, bad):
        if not line.strip():
            continue
        try:
            record = _read_record(line, previous + UNDATED_STEP)
        except ValueError as error:
            fault = BadRecord(path, number, str(error))
            if bad is None:
                raise fault from error
            bad.append(fault)
            continue
        previous = record.first_seen
        yield record


class RecordStore:
    """Stores records batch by batch, keeping the feeds it made or found."""

    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}

    def store(self, records: Iterable[Record]) -> int:
        """Store what is not stored yet; returns how many entries are new. Storing the same again changes nothing."""
        pending = list(records)
        return sum(self._store_batch(pending[start : start + BATCH]) for start in range(0, len(pending), BATCH))

    def _store_batch(self, records: list[Record]) -> int:
        with transaction.atomic():
            keyed = {(self._feed(record).pk, record.id): record for record in reversed(records)}
            known = set(
                Entry.objects.filter(
                    feed_id__in={feed_id for feed_id, _ in keyed}, guid__in=[guid for _, guid in keyed]
                ).values_list("feed_id", "guid")
            )
            rows = [
                _entry(feed_id, keyed[feed_id, guid])
                for feed_id, guid in reversed(keyed)
                if (feed_id, guid) not in known
            ]
            Entry.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def _feed(self, record: Record) -> Feed:
        url = feed_url(record)
        if url not in self._feeds:
            self._feeds[url] = Feed.objects.select_related("publisher").filter(url=url).first() or Feed.objects.create(
                url=url,
                publisher=publisher_of(publisher_site(record), own_name(record)),
                title=scrub(record.source, 500),
                is_active=False,
                next_poll_at=record.first_seen,
            )
        return self._feeds[url]


def feed_url(record: Record) -> str:
    """The URL of the feed as which the record's source and site are stored."""
    return RECORDING_SCHEME + quote(f"{record.source}/{site_of(record.domain)}")


def publisher_slug(record: Record) -> str:
    """The slug of the publisher under which the record is stored."""
    return slug_of(publisher_site(record))


def publisher_site(record: Record) -> str:
    """What tells the record's publisher from others: its site, or where it has none its collector."""
    return site_of(record.domain) or record.source


def own_name(record: Record) -> str:
    """The name of a publisher that is no default one: its collector's where that is the site's, else the site."""
    site = site_of(record.domain)
    return record.source if not site or _names(record.source, site) else site


def _entry(feed_id: int, record: Record) -> Entry:
    published_at = min(record.published_at, record.first_seen) if record.published_at else None
    content = ParsedEntry(
        record.id, record.url, record.title, "", record.summary, record.body, published_at, record.lang
    )
    return Entry(
        feed_id=feed_id,
        guid=record.id,
        url=record.url,
        canonical_url=canonical_url(record.url),
        title=record.title,
        summary=record.summary,
        body=record.body,
        language=record.lang,
        published_at=published_at,
        seen_at=record.first_seen,
        is_news=is_news(published_at, record.first_seen),
        content_hash=content_hash(content),
    )


def _lines(path: Path, bad: list[BadRecord] | None) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        fault = BadRecord(path, number + 1, f"the compressed file is damaged here ({error}).")
        if bad is None:
            raise fault from error
        bad.append(fault)


def _read_record(line: bytes, next_moment: datetime) -> Record:
    """Raises: ValueError with the fault in plain words."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("this is not JSON.") from error
    if not isinstance(data, dict):
        raise ValueError("this is JSON, but not an object.")
    identifier = scrub(_text(data, "id"), MAX_ID_CHARACTERS + 1)
    if not identifier or len(identifier) > MAX_ID_CHARACTERS:
        raise ValueError(f'"id" is missing or longer than {MAX_ID_CHARACTERS} characters.')
    published_at = parse_date(_text(data, "published"))
    first_seen = parse_date(_text(data, "first_seen"))
    if _text(data, "first_seen") and first_seen is None:
        raise ValueError(f'"first_seen" is no date: {_text(data, "first_seen")[:60]}')
    entry = clean_entry(
        guid=identifier,
        url=_text(data, "url"),
        base="",
        title=Markup(_text(data, "title")),
        author="",
        summary=Markup(_text(data, "summary")),
        body=Markup(_text(data, "body")),
        published_at=published_at,
        language=_text(data, "lang"),
    )
    if entry is None:
        raise ValueError('"title" is missing.')
    return Record(
        id=identifier,
        source=scrub(_text(data, "source") or _text(data, "publisher"), 200) or DEFAULT_SOURCE,
        domain=scrub(_text(data, "domain"), 200).lower() or host_of(entry.url),
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        body=entry.body,
        published_at=published_at,
        first_seen=first_seen or published_at or next_moment,
        lang=entry.language,
        labels={label: data[label] for label in LABELS if label in data},
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _names(source: str, site: str) -> bool:
    """Whether a source is called like its site: Ars Technica like arstechnica.com, Hacker News not like example.org."""
    letters = _NOT_LETTERS.sub("", source.lower()).removeprefix("the")
    return bool(letters) and letters in _NOT_LETTERS.sub("", site.lower())

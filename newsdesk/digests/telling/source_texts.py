"""The texts that entries have now, by the ids that documents know entries by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feeds.models import RECORDING_SCHEME, Entry
from feeds.numbers import read_number


@dataclass(frozen=True, slots=True)
class SourceText:
    """An entry to quote from; `text` and `sha256` are empty where it has none (any more)."""

    entry: str
    url: str
    publisher: str
    title: str
    sha256: str
    text: str


def read_source_texts(public_ids: Iterable[str]) -> dict[str, SourceText]:
    """The entries by public id: a record's own, or our number. Two queries at most."""
    wanted = set(public_ids)
    numbers = [number for public_id in wanted if (number := read_number(public_id)) is not None]
    entries = Entry.objects.select_related("feed__publisher", "article__text")
    recorded = entries.filter(feed__url__startswith=RECORDING_SCHEME, guid__in=wanted)
    polled = entries.filter(pk__in=numbers).exclude(feed__url__startswith=RECORDING_SCHEME)
    return {entry.public_id: _source_text(entry) for rows in (recorded, polled) for entry in rows}


def _source_text(entry: Entry) -> SourceText:
    article = getattr(entry, "article", None)
    stored = article.text if article else None
    has_text = stored is not None and stored.purged_at is None
    return SourceText(
        entry=entry.public_id,
        url=entry.url,
        publisher=entry.feed.publisher.name,
        title=entry.title,
        sha256=stored.sha256 if stored and has_text else "",
        text=stored.text if stored and has_text else "",
    )

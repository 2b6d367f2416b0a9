"""A story's coverage as its page lists it: by day, copies folded under their original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from newsdesk.digests.documents.readable import Citation
from newsdesk.digests.documents.reading import read_line
from newsdesk.digests.shape import SentenceJson
from newsdesk.site.page import Passage
from newsdesk.site.reader import passages_of
from newsdesk.stories.origins.found import Evidence
from newsdesk.stories.read import EntryView
from newsdesk.stories.text import shown

# Of a story that everybody covers, the first so many; a page stays below 100 KB.
MAX_ROWS = 80
MAX_COPIES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with its copies; `number` counts from 1 in the order seen, `quotes` are what our sentences rest on.

    `origin` says where it has its news from (empty for round-ups), `shown_by` is what of its text shows that.
    """

    number: int
    entry: EntryView
    copies: tuple[EntryView, ...]
    quotes: tuple[str, ...]
    origin: str
    shown_by: str

    @property
    def shown_copies(self) -> tuple[EntryView, ...]:
        return self.copies[:MAX_COPIES]

    @property
    def hidden_copies(self) -> int:
        return max(0, len(self.copies) - MAX_COPIES)


@dataclass(frozen=True, slots=True)
class Timeline:
    days: tuple[tuple[date, tuple[Row, ...]], ...]
    hidden: int


def timeline(
    entries: Sequence[EntryView], sentences: Sequence[SentenceJson], zone: ZoneInfo, by: Iterable[Evidence] = ()
) -> Timeline:
    """The entries (in the order seen) by local day; a copy whose original is not among them stands alone.

    `by` tells of each where it has its news from.
    """
    states = {one.entry: one for one in by}
    standing = {entry.public_id for entry in entries if entry.duplicate_of == ""}
    copies: dict[str, list[EntryView]] = {}
    for entry in entries:
        if entry.duplicate_of in standing:
            copies.setdefault(entry.duplicate_of, []).append(entry)
    quotes: dict[str, dict[str, None]] = {}
    for sentence in sentences:
        for receipt in sentence["receipts"]:
            quotes.setdefault(receipt["entry"], {})[receipt["quote"]] = None
    originals = [entry for entry in entries if entry.duplicate_of not in standing]
    rows = [
        _row(
            number,
            entry,
            copies.get(entry.public_id, ()),
            quotes.get(entry.public_id, ()),
            states.get(entry.public_id),
        )
        for number, entry in enumerate(originals, 1)
    ]
    by_day = groupby(rows[:MAX_ROWS], key=lambda row: row.entry.seen_at.astimezone(zone).date())
    return Timeline(tuple((day, tuple(group)) for day, group in by_day), max(0, len(rows) - MAX_ROWS))


def _row(
    number: int, entry: EntryView, copies: Iterable[EntryView], quotes: Iterable[str], state: Evidence | None
) -> Row:
    shown_by = shown(state.receipt.quote) if state and state.receipt else ""
    return Row(number, entry, tuple(copies), tuple(quotes), state.words if state else "", shown_by)


def told(sentences: Sequence[SentenceJson], placed: Timeline) -> tuple[Passage, ...]:
    """The summary's sentences as passages that cite the rows shown; a receipt in a copy counts as its original's."""
    numbered = {
        entry.public_id: Citation(row.number, row.entry.publisher)
        for _, rows in placed.days
        for row in rows
        for entry in (row.entry, *row.copies)
    }
    return passages_of([read_line(sentence, numbered) for sentence in sentences], defaultdict(list))

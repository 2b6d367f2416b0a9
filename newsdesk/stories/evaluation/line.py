"""Dedupe and cluster in memory: the decisions of `dedupe.py` and `cluster.py`, without their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from feeds.recording import Record, feed_url, publisher_slug
from feeds.store import is_news
from feeds.urls import canonical_url
from newsdesk.stories.clusterer import COPY, NO_OWN_ODDS, Clusterer, Item
from newsdesk.stories.evaluation.labelled import text_of
from newsdesk.stories.fingerprint import Originals, Print
from newsdesk.stories.learned import Logistic
from newsdesk.stories.text import language_of_text

NO_NEWS = "no_news"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the line puts a record; `duplicate_of` is empty for originals."""

    id: str
    story: str
    role: str
    duplicate_of: str


def place_all(records: Iterable[Record], own_odds: Mapping[Logistic, Logistic] = NO_OWN_ODDS) -> list[Placed]:
    """Put every record into a story, one after the other, as they are seen, repairs included.

    One that the line does not cluster, because it was no news any more when it was seen, stands alone.
    `own_odds` are odds formulas used in place of shipped ones.
    """
    originals, clusterer = Originals(), Clusterer(own_odds)
    placed: list[Placed] = []
    copies: dict[int, list[int]] = {}
    for key, record in enumerate(records):
        publisher, text = publisher_slug(record), text_of(record)
        match = originals.place(
            Print(
                key=key,
                feed=feed_url(record),
                publisher=publisher,
                url=canonical_url(record.url),
                title=record.title,
                body=text,
                seen_at=record.first_seen,
            )
        )
        original = placed[match.original] if match else None
        if not is_news(record.published_at, record.first_seen):
            placed.append(Placed(record.id, record.id, NO_NEWS, original.id if original else ""))
            continue
        item = Item(
            key=key,
            founds=record.id,
            seen_at=record.first_seen,
            title=record.title,
            text=text,
            publisher=publisher,
            language=language_of_text(record.title, record.lang or "en"),
        )
        follows = original.story if original and original.role != NO_NEWS else None
        decision = clusterer.add(item, follows=follows)
        placed.append(Placed(record.id, decision.story, decision.role, original.id if original else ""))
        if match and decision.role == COPY:
            copies.setdefault(match.original, []).append(key)
        for repair in decision.repairs:
            for moved in (one for report in repair.keys for one in (report, *copies.get(report, ()))):
                if placed[moved].story == repair.source:
                    placed[moved] = replace(placed[moved], story=repair.target)
    return placed

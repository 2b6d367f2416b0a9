"""Dedupe and cluster in memory: the decisions of `dedupe.py` and `cluster.py`, without their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from feeds.polling.store import is_news
from feeds.recording import Record, feed_url, publisher_slug
from feeds.urls import canonical_url
from newsdesk.stories.clustering.clusterer import NO_OWN_ODDS, Clusterer
from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.item import COPY, Item
from newsdesk.stories.duplicates.copies import Originals, links_elsewhere
from newsdesk.stories.duplicates.fingerprint import Print
from newsdesk.stories.embedding.chosen import chosen_embedder
from newsdesk.stories.embedding.embed import CHUNK_TEXTS
from newsdesk.stories.embedding.embedded_text import embedded_text
from newsdesk.stories.embedding.embedder import Values, packed, unpacked
from newsdesk.stories.evaluation.labelled import text_of
from newsdesk.stories.language import language_of_text

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

    Raises:
        EmbeddingFailed: a model is chosen and gives no vectors; figures without them would be another line's.
    """
    originals, clusterer, records = Originals(), Clusterer(own_odds), list(records)
    placed: list[Placed] = []
    copies: dict[int, list[int]] = {}
    for key, (record, vector) in enumerate(zip(records, _vectors(records), strict=True)):
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
                is_link=links_elsewhere(feed_url(record), record.source, record.url),
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
            vector=vector,
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


def _vectors(records: Sequence[Record]) -> list[Values]:
    """Every record's vector, rounded as the line's are by being stored."""
    embedder = chosen_embedder()
    if embedder is None:
        return [()] * len(records)
    texts = [embedded_text(record.title, text_of(record)) for record in records]
    now = timezone.now()
    chunks = (texts[start : start + CHUNK_TEXTS] for start in range(0, len(texts), CHUNK_TEXTS))
    return [unpacked(packed(vector)) for chunk in chunks for vector in embedder.embed(chunk, now=now)]

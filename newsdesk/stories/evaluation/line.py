"""Dedupe and cluster in memory: the decisions of `dedupe.py` and `cluster.py`, without their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from feeds.polling.store import is_news
from feeds.recording import Record, feed_url, publisher_slug
from feeds.urls import canonical_url
from newsdesk.stages import Stage, in_line_order
from newsdesk.stories.clustering.clusterer import NO_OWN_ODDS, Clusterer
from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.item import COPY, Item
from newsdesk.stories.clustering.merge_and_split import Repair
from newsdesk.stories.duplicates.copies import Match, Originals, links_elsewhere
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
    records = list(records)
    line = _Line(own_odds)
    for key, (record, vector) in enumerate(zip(records, _vectors(records), strict=True)):
        line.take(_Passing(key, record, text_of(record), publisher_slug(record), vector))
    return line.placed


@dataclass(slots=True)
class _Passing:
    """A record on its way through the stages, with what an earlier stage found."""

    key: int
    record: Record
    text: str
    publisher: str
    vector: Values
    match: Match | None = None


class _Line:
    """The stages in memory, for one record at a time."""

    def __init__(self, own_odds: Mapping[Logistic, Logistic]) -> None:
        self.placed: list[Placed] = []
        self._originals, self._clusterer = Originals(), Clusterer(own_odds)
        self._copies: dict[int, list[int]] = {}
        self._steps = tuple(in_line_order({Stage.DEDUPE: self._dedupe, Stage.CLUSTER: self._cluster}))

    def take(self, passing: _Passing) -> None:
        """Put one record through."""
        for step in self._steps:
            step(passing)

    def _dedupe(self, passing: _Passing) -> None:
        record = passing.record
        passing.match = self._originals.place(
            Print(
                key=passing.key,
                feed=feed_url(record),
                publisher=passing.publisher,
                url=canonical_url(record.url),
                title=record.title,
                body=passing.text,
                seen_at=record.first_seen,
                is_link=links_elsewhere(feed_url(record), record.source, record.url),
            )
        )

    def _cluster(self, passing: _Passing) -> None:
        record, match = passing.record, passing.match
        original = self.placed[match.original] if match else None
        duplicate_of = original.id if original else ""
        if not is_news(record.published_at, record.first_seen):
            self.placed.append(Placed(record.id, record.id, NO_NEWS, duplicate_of))
            return
        follows = original.story if original and original.role != NO_NEWS else None
        decision = self._clusterer.add(_item_of(passing), follows=follows)
        self.placed.append(Placed(record.id, decision.story, decision.role, duplicate_of))
        if match and decision.role == COPY:
            self._copies.setdefault(match.original, []).append(passing.key)
        for repair in decision.repairs:
            self._mend(repair)

    def _mend(self, repair: Repair) -> None:
        """Move reports, each with its copies, as a repair says."""
        for moved in (one for report in repair.keys for one in (report, *self._copies.get(report, ()))):
            if self.placed[moved].story == repair.source:
                self.placed[moved] = replace(self.placed[moved], story=repair.target)


def _item_of(passing: _Passing) -> Item:
    record = passing.record
    return Item(
        key=passing.key,
        founds=record.id,
        seen_at=record.first_seen,
        title=record.title,
        text=passing.text,
        publisher=passing.publisher,
        language=language_of_text(record.title, record.lang or "en"),
        vector=passing.vector,
    )


def _vectors(records: Sequence[Record]) -> list[Values]:
    """Every record's vector, rounded as the line's are by being stored."""
    embedder = chosen_embedder()
    if embedder is None:
        return [()] * len(records)
    texts = [embedded_text(record.title, text_of(record)) for record in records]
    now = timezone.now()
    chunks = (texts[start : start + CHUNK_TEXTS] for start in range(0, len(texts), CHUNK_TEXTS))
    return [unpacked(packed(vector)) for chunk in chunks for vector in embedder.embed(chunk, now=now)]

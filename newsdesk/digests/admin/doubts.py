"""What an editor wrote that its sources do not hold: told to the editor, never forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from feeds.models import ArticleText
from newsdesk.digests.models import DigestItem
from newsdesk.digests.shape import Writer
from newsdesk.digests.telling.grounding import Cited, faults
from newsdesk.digests.telling.receipts import Sentence, sentences_from_json
from newsdesk.digests.telling.source_texts import read_source_texts


@dataclass(frozen=True, slots=True)
class Doubts:
    """The faults of an item's headline, and of each of its sentences in reading order; empty where an editor is not."""

    headline: tuple[str, ...] = ()
    sentences: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.headline) or any(self.sentences)

    def in_words(self) -> Iterator[str]:
        """Each fault as a line: where it is and what it is."""
        yield from (f"Headline: {fault}" for fault in self.headline)
        for number, found in enumerate(self.sentences, start=1):
            yield from (f"Sentence {number}: {fault}" for fault in found)


def find_doubts(rows: Sequence[DigestItem]) -> dict[int, Doubts]:
    """The doubts about items that an editor wrote of, by row; three queries at most."""
    told = {row.pk: sentences_from_json(row.sentences) for row in rows if _is_edited(row)}
    if not told:
        return {}
    hashes = {receipt.text_sha256 for sentences in told.values() for s in sentences for receipt in s.receipts}
    texts = dict(ArticleText.objects.filter(pk__in=hashes, purged_at=None).values_list("sha256", "text"))
    headed = [row for row in rows if row.is_headline_edited]
    sources = read_source_texts(source["entry"] for row in headed for source in row.sources) if headed else {}
    found: dict[int, Doubts] = {}
    for row in rows:
        if row.pk in told:
            own = [sources[source["entry"]].text for source in row.sources if source["entry"] in sources]
            cited = [texts[r.text_sha256] for s in told[row.pk] for r in s.receipts if r.text_sha256 in texts]
            headline = _headline_faults(row, [*own, *cited])
            found[row.pk] = Doubts(headline, tuple(_faults(sentence, texts) for sentence in told[row.pk]))
    return {pk: doubts for pk, doubts in found.items() if doubts}


def _is_edited(row: DigestItem) -> bool:
    return row.is_headline_edited or any(sentence["written_by"] == Writer.EDITOR for sentence in row.sentences)


def _headline_faults(row: DigestItem, texts: Iterable[str]) -> tuple[str, ...]:
    """A headline may rest on anything in its sources."""
    return tuple(faults(row.headline, [Cited(text, text) for text in texts])) if row.is_headline_edited else ()


def _faults(sentence: Sentence, texts: dict[str, str]) -> tuple[str, ...]:
    if sentence.written_by != Writer.EDITOR:
        return ()
    cited = [Cited(texts[r.text_sha256], r.quote) for r in sentence.receipts if r.text_sha256 in texts]
    return tuple(faults(sentence.text, cited))

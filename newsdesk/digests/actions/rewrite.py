"""Give an item another headline or other sentences; every sentence keeps or gets receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from feeds.models import ArticleText
from feeds.scrub import scrub
from newsdesk.digests.actions.editing import find_row, finish, follow_items, rows_of, take
from newsdesk.digests.building.rows import with_cited
from newsdesk.digests.composing.item import MOST_TITLE_CHARACTERS
from newsdesk.digests.models import DigestItem
from newsdesk.digests.shape import Writer
from newsdesk.digests.telling.grounding import locate
from newsdesk.digests.telling.receipts import (
    QUOTE_JOINT,
    Receipt,
    Sentence,
    resolve,
    sentences_from_json,
    sentences_to_json,
)
from newsdesk.digests.telling.source_texts import SourceText
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.text import shown

MOST_SENTENCE_CHARACTERS = 1_000
MOST_SENTENCES = 20


class BadWording(ActRefused):
    """A headline, a sentence or a receipt that cannot stand; the message says which and why."""


def rewrite_item(
    digest_id: int,
    story: str,
    *,
    headline: str,
    sentences: Sequence[Sentence],
    hand: Hand,
) -> Change:
    """Set headline and sentences, in reading order, of the item of a story (its public id) in a draft.

    Who wrote a sentence is found out: one that is its quotes as printed is extracted, one that stood so before keeps
    its writer, any other is the editor's.

    Raises:
        BadWording: A text is missing or too long, or a receipt does not stand in a source of the item.
        ActRefused: Nothing differs, the story is not in the digest, or that is no draft or not as the editor saw it.
    """
    headline = _line(headline, MOST_TITLE_CHARACTERS, "The headline")
    with transaction.atomic():
        digest = take(digest_id, hand)
        row = find_row(rows_of(digest), story)
        row.digest = digest
        written = [_as_written(sentence, number, row) for number, sentence in enumerate(sentences, start=1)]
        if not written:
            raise BadWording("An item needs a sentence; drop the item to leave it out.")
        if len(written) > MOST_SENTENCES:
            raise BadWording(f"An item has at most {MOST_SENTENCES} sentences.")
        _refuse_unresolved(written, row)
        before = text_of(row)
        row.is_headline_edited = row.is_headline_edited or headline != row.headline
        row.headline, row.sentences = headline, sentences_to_json(written)
        if text_of(row) == before:
            raise ActRefused("Headline and sentences are as they were.")
        row.is_rewritten = True
        return save_text(row, before, hand=hand)


def save_text(row: DigestItem, before: dict[str, Any], *, hand: Hand) -> Change:
    """Save an item whose text was changed, and note it; inside the transaction that took its digest."""
    row.save(update_fields=["headline", "sentences", "sources", "is_headline_edited", "is_rewritten"])
    digest = row.digest
    follow_items(digest)
    return finish(digest, "digest.rewrite", hand=hand, before=before, after=text_of(row))


def text_of(row: DigestItem) -> dict[str, Any]:
    """What an item says and who wrote it, for the journal."""
    return {
        "story": row.story.public_id,
        "headline": row.headline,
        "is_headline_edited": row.is_headline_edited,
        "is_rewritten": row.is_rewritten,
        "sentences": row.sentences,
        "sources": with_cited([], row.sources, row.sentences),
    }


def cite(quote: str, source: SourceText) -> Receipt:
    """The receipt of a quote that stands in a source's text, but for quote styles, dashes and white space.

    Raises:
        BadWording: It does not stand there.
    """
    span = locate(quote, source.text)
    if span is None:
        raise BadWording(f"The quote does not stand in the text that we have from {source.publisher}.")
    return Receipt(source.entry, source.url, source.sha256, *span, source.text[slice(*span)])


def _line(text: str, most: int, what: str) -> str:
    cleaned = scrub(text, most + 1)
    if not cleaned:
        raise BadWording(f"{what} is empty.")
    if len(cleaned) > most or len(" ".join(text.split())) > most:
        raise BadWording(f"{what} is longer than {most} characters.")
    return cleaned


def _as_written(sentence: Sentence, number: int, row: DigestItem) -> Sentence:
    text = _line(sentence.text, MOST_SENTENCE_CHARACTERS, f"Sentence {number}")
    if not sentence.receipts:
        raise BadWording(f"Sentence {number} rests on nothing; give it a source and a quote.")
    known = [old for old in sentences_from_json(row.sentences) if old.receipts == sentence.receipts]
    same = next((old for old in known if old.text == text), None)
    if same is not None:
        writer = same.written_by
    elif text == QUOTE_JOINT.join(shown(receipt.quote) for receipt in sentence.receipts):
        writer = Writer.EXTRACT
    else:
        writer = Writer.EDITOR
    return replace(sentence, text=text, written_by=writer)


def _refuse_unresolved(sentences: Sequence[Sentence], row: DigestItem) -> None:
    """Raises BadWording where a receipt is not of the item's sources or does not stand in the text it names."""
    urls = {source["entry"]: source["url"] for source in row.sources}
    hashes = {receipt.text_sha256 for sentence in sentences for receipt in sentence.receipts}
    texts = dict(ArticleText.objects.filter(pk__in=hashes, purged_at=None).values_list("sha256", "text"))
    for number, sentence in enumerate(sentences, start=1):
        for receipt in sentence.receipts:
            text = texts.get(receipt.text_sha256)
            if urls.get(receipt.entry) != receipt.url or text is None or resolve(receipt, text):
                raise BadWording(f"Sentence {number} cites what is not among the item's sources any more.")

"""What a sentence of ours rests on: drafts, their sentences and the receipts of each, to and from plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.digests.shape import ReceiptJson, Role, SentenceJson, SentenceKind, Writer
from newsdesk.stories.origins.found import Receipt as Receipt  # one for what we say and for who found it out
from newsdesk.stories.text import shown

# Between the quotes of a sentence that was put together from several spans.
QUOTE_JOINT = " "


class BadReceipt(ValueError):
    """A stored or exported sentence does not have the shape of the export schema."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One published sentence and its receipts; one that was extracted equals its quotes."""

    text: str
    role: Role
    kind: SentenceKind
    written_by: Writer
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What we say about a story; `model` is `extract` where none was used."""

    headline: str
    sentences: tuple[Sentence, ...]
    model: str
    prompt_version: str


def resolve(receipt: Receipt, text: str) -> list[str]:
    """The faults of a receipt against the text it names; empty if the quote stands at its span, verbatim."""
    if not 0 <= receipt.start < receipt.end <= len(text):
        return [f"span {receipt.start}-{receipt.end} lies outside a text of {len(text)} characters"]
    if text[receipt.start : receipt.end] != receipt.quote:
        return [f"quote does not stand at {receipt.start}-{receipt.end}"]
    return []


def extract_faults(sentence: Sentence) -> list[str]:
    """The faults of a sentence that says it was extracted: it must be its quotes as printed, and nothing else."""
    if sentence.written_by == Writer.EXTRACT and sentence.text != QUOTE_JOINT.join(
        shown(r.quote) for r in sentence.receipts
    ):
        return ["extracted sentence differs from its quotes"]
    return []


def sentence_to_json(sentence: Sentence) -> SentenceJson:
    """A sentence as the S of the export schema."""
    return {
        "text": sentence.text,
        "role": sentence.role,
        "kind": sentence.kind,
        "written_by": sentence.written_by,
        "receipts": [_receipt_to_json(receipt) for receipt in sentence.receipts],
    }


def sentence_from_json(value: SentenceJson) -> Sentence:
    """The sentence that an S of the export schema stands for.

    Raises:
        BadReceipt: A key is missing or a value has the wrong type.
    """
    try:
        receipts = tuple(_receipt(receipt) for receipt in value["receipts"])
        role, kind, written_by = value["role"], value["kind"], value["written_by"]
        text = value["text"]
    except (KeyError, TypeError) as error:
        raise BadReceipt(f"not a sentence: {error}") from error
    try:
        words = Role(role), SentenceKind(kind), Writer(written_by)
    except ValueError as error:
        raise BadReceipt(f"unknown role, kind or writer: {role!r}, {kind!r}, {written_by!r}") from error
    if not isinstance(text, str):
        raise BadReceipt("text is not a string")
    return Sentence(text, *words, receipts)


def sentences_to_json(sentences: Sequence[Sentence]) -> list[SentenceJson]:
    """Sentences as a list of S."""
    return [sentence_to_json(sentence) for sentence in sentences]


def sentences_from_json(values: Sequence[SentenceJson]) -> tuple[Sentence, ...]:
    """The sentences of a list of S.

    Raises:
        BadReceipt: One of them does not have the shape.
    """
    return tuple(sentence_from_json(value) for value in values)


def _receipt_to_json(receipt: Receipt) -> ReceiptJson:
    return {
        "entry": receipt.entry,
        "url": receipt.url,
        "text_sha256": receipt.text_sha256,
        "start": receipt.start,
        "end": receipt.end,
        "quote": receipt.quote,
    }


def _receipt(value: ReceiptJson) -> Receipt:
    receipt = Receipt(
        entry=value["entry"],
        url=value["url"],
        text_sha256=value["text_sha256"],
        start=value["start"],
        end=value["end"],
        quote=value["quote"],
    )
    strings = (receipt.entry, receipt.url, receipt.text_sha256, receipt.quote)
    # bool is an int to isinstance; a span of true and false is none.
    if not all(isinstance(s, str) for s in strings) or type(receipt.start) is not int or type(receipt.end) is not int:
        raise BadReceipt("a receipt's value has the wrong type")
    return receipt

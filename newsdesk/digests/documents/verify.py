"""Check a document against the texts it rests on: receipts must resolve, sentences be what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, cast

from feeds.models import RECORDING_SCHEME, ArticleText, Entry
from feeds.numbers import read_number
from newsdesk.digests.documents.document import SCHEMA
from newsdesk.digests.shape import Document, ItemJson, ReceiptJson, SentenceJson, Writer
from newsdesk.digests.telling.grounding import Cited
from newsdesk.digests.telling.grounding import faults as grounding_faults
from newsdesk.digests.telling.receipts import BadReceipt, Receipt, Sentence, extract_faults, resolve, sentence_from_json
from newsdesk.stories.text import shown

# Publishing and correcting change these; a file exported before is not tampered with for that.
_CHANGES_LATER = ("corrections", "manifest.state", "manifest.published_at")
_BATCH = 500


def verify_document(document: Any, stored: Document | None = None) -> list[str]:
    """The faults of a digest document, one line each; empty if all of it holds.

    With `stored`, the document of the same digest in the database, every difference from it is a fault too.
    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return [f"the document is not a {SCHEMA}"]
    try:
        faults = list(_faults(cast(Document, document)))
    except (KeyError, TypeError, AttributeError) as error:
        faults = [f"the document does not have the schema's shape: {type(error).__name__} {error}"]
    if stored is not None:
        faults.extend(f"{path} differs from the digest in the database" for path in _differences(document, stored, ""))
    return faults


def _faults(document: Document) -> Iterator[str]:
    cited = [receipt for _, _, sentence in _sentences(document) for receipt in sentence["receipts"]]
    texts = _texts(receipt["text_sha256"] for receipt in [*cited, *_origin_receipts(document)])
    known = _known_entries(source["entry"] for item in document["items"] for source in item["sources"])
    stories = {item["story"] for item in document["items"]}
    for place, item, value in _sentences(document):
        if item is None:
            yield f"{place}: its story is not in the digest"
            continue
        yield from (f"{place}: {fault}" for fault in _sentence_faults(value, item, texts))
    for number, item in enumerate(document["items"], start=1):
        place = f"item {item['position']}"
        if item["position"] != number:
            yield f"{place}: stands at place {number}"
        for receipt in _origin_receipts({**document, "items": [item]}):
            yield from (f"{place}, origins: {fault}" for fault in _receipt_faults(Receipt(**receipt), texts))
        yield from (f"{place}: source {s['entry']} is not known" for s in item["sources"] if s["entry"] not in known)
        if not _headline_holds(item):
            yield f"{place}: the headline is in none of its sources' titles"
    for number, thesis in enumerate(document["pattern"], start=1):
        if not set(thesis["stories"]) <= stories:
            yield f"pattern {number}: rests on a story that is not in the digest"


def _sentences(document: Document) -> Iterator[tuple[str, ItemJson | None, SentenceJson]]:
    """Every (place in words, item, sentence) of the document."""
    by_story = {item["story"]: item for item in document["items"]}
    for item in document["items"]:
        for number, sentence in enumerate(item["sentences"], start=1):
            yield f"item {item['position']}, sentence {number}", item, sentence
    for number, watched in enumerate(document["watch"], start=1):
        yield f"what to watch {number}", by_story.get(watched["story"]), watched["sentence"]


def _sentence_faults(value: SentenceJson, item: ItemJson, texts: dict[str, str]) -> Iterator[str]:
    try:
        sentence = sentence_from_json(value)
    except BadReceipt as error:
        yield str(error)
        return
    if not sentence.receipts:
        yield "has no receipt"
    urls = {source["entry"]: source["url"] for source in item["sources"]}
    for receipt in sentence.receipts:
        if receipt.entry not in urls:
            yield f"cites {receipt.entry}, which is not among the item's sources"
        elif receipt.url != urls[receipt.entry]:
            yield f"cites {receipt.entry} with another address than the item's source"
        yield from _receipt_faults(receipt, texts)
    yield from extract_faults(sentence)
    yield from _written_faults(sentence, texts)


def _receipt_faults(receipt: Receipt, texts: dict[str, str]) -> Iterator[str]:
    text = texts.get(receipt.text_sha256)
    if text is None:
        yield f"the text {receipt.text_sha256[:12]} is not kept"
    elif hashlib.sha256(text.encode()).hexdigest() != receipt.text_sha256:
        yield f"the text {receipt.text_sha256[:12]} does not have the hash it is kept under"
    else:
        yield from resolve(receipt, text)


def _origin_receipts(document: Document) -> list[ReceiptJson]:
    """What shows where the sources have their news from."""
    found = [one["receipt"] for item in document["items"] if "origins" in item for one in item["origins"]["by"]]
    return [receipt for receipt in found if receipt is not None]


def _written_faults(sentence: Sentence, texts: dict[str, str]) -> Iterator[str]:
    """What a model wrote must be grounded still."""
    if sentence.written_by != Writer.MODEL:
        return
    cited = [Cited(texts[r.text_sha256], r.quote) for r in sentence.receipts if r.text_sha256 in texts]
    yield from grounding_faults(sentence.text, cited)


def _headline_holds(item: ItemJson) -> bool:
    """Whether a headline that nobody wrote stands in a title."""
    if item.get("headline_by") == Writer.EDITOR:
        return True
    if any(sentence["written_by"] != Writer.EXTRACT for sentence in item["sentences"]):
        return True
    headline = item["headline"].removesuffix("…")
    return any(headline in shown(source["title"]) for source in item["sources"])


def _texts(hashes: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(hashes))
    found: dict[str, str] = {}
    for n in range(0, len(wanted), _BATCH):
        rows = ArticleText.objects.filter(pk__in=wanted[n : n + _BATCH], purged_at=None)
        found.update(rows.values_list("sha256", "text"))
    return found


def _known_entries(public_ids: Iterable[str]) -> set[str]:
    """Those of the ids that name an entry: a record's own id, or our number."""
    wanted = sorted(set(public_ids))
    found: set[str] = set()
    for n in range(0, len(wanted), _BATCH):
        batch = wanted[n : n + _BATCH]
        recorded = Entry.objects.filter(feed__url__startswith=RECORDING_SCHEME, guid__in=batch)
        found.update(recorded.values_list("guid", flat=True))
        numbers = [number for public_id in batch if (number := read_number(public_id)) is not None]
        polled = Entry.objects.filter(pk__in=numbers).exclude(feed__url__startswith=RECORDING_SCHEME)
        found.update(str(pk) for pk in polled.values_list("pk", flat=True))
    return found


def _differences(one: Any, other: Any, path: str) -> Iterator[str]:
    if path in _CHANGES_LATER:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other)):
            yield from _differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for n, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{path}[{n}]")
    elif one != other:
        yield path or "the document"

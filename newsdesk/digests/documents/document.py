"""A digest as one plain document: what the pages, the text twin and the JSON export are all rendered from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

from newsdesk.digests.composing.compose import Composition
from newsdesk.digests.composing.item import Item
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.digests.shape import CoverageJson, Document, ItemJson, MadeJson, SentenceJson, SourceJson, Writer
from newsdesk.stories.times import iso

SCHEMA: Final = "newsdesk-digest/1"
SCHEMA_FILE = Path(__file__).parent / "schema" / "digest-1.json"


class CitedJson(SourceJson):
    """A source that the document cites: its number, from 1, the item that cites it first, and the cited spans."""

    number: int
    position: int
    quotes: list[str]


def as_document(digest: Digest) -> Document:
    """The digest in the export schema (`schema/digest-1.json`), items in page order."""
    items = digest.items.in_page_order().select_related("story")
    corrections = digest.corrections.order_by("made_at", "id")
    made: MadeJson = digest.manifest
    return {
        "schema": SCHEMA,
        "edition": digest.edition.slug,
        "date": digest.date.isoformat(),
        "title": digest.title,
        "dek": digest.dek,
        "window": {"from": iso(digest.window_from), "to": iso(digest.window_to)},
        "coverage": digest.coverage,
        "items": [_item(item) for item in items],
        "pattern": digest.pattern,
        "watch": digest.watch,
        "corrections": [
            {"position": correction.position, "text": correction.text, "made_at": iso(correction.made_at)}
            for correction in corrections
        ],
        "manifest": {
            **made,
            "number": digest.number,
            "edition_title": digest.edition.title,
            "state": digest.state,
            "built_at": iso(digest.built_at),
            "published_at": iso(digest.published_at) if digest.published_at else None,
        },
    }


def preview_document(
    edition: Edition,
    day: date,
    window: tuple[datetime, datetime],
    composition: Composition,
    coverage: CoverageJson,
    *,
    now: datetime,
) -> Document:
    """A digest that is not stored, in the same schema: number 0, state `preview`."""
    after, until = window
    return {
        "schema": SCHEMA,
        "edition": edition.slug,
        "date": day.isoformat(),
        "title": composition.title,
        "dek": composition.dek,
        "window": {"from": iso(after), "to": iso(until)},
        "coverage": coverage,
        "items": [_item(item) for item in composition.items],
        "pattern": list(composition.pattern),
        "watch": list(composition.watch),
        "corrections": [],
        "manifest": {
            **composition.manifest,
            "number": 0,
            "edition_title": edition.title,
            "state": "preview",
            "built_at": iso(now),
            "published_at": None,
        },
    }


def _item(item: DigestItem | Item) -> ItemJson:
    said: ItemJson = {
        "position": item.position,
        "section": item.section,
        "story": item.story.public_id,
        "headline": item.headline,
        "theme": item.theme,
        "why_ranked": item.why_ranked,
        "sentences": item.sentences,
        "sources": list(item.sources),
    }
    if item.is_headline_edited:
        said["headline_by"] = Writer.EDITOR
    if item.origins:
        said["origins"] = item.origins
    if item.labels:
        said["labels"] = list(item.labels)
    return said


def canonical_json(document: Document) -> bytes:
    """The document's one form in bytes: sorted keys, no spaces, UTF-8, one newline at the end."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8") + b"\n"


def citations(document: Document) -> list[CitedJson]:
    """The numbered sources that the document cites, in the order in which a reader meets them.

    Each is the item's source with `number` (from 1), `position` (of the item that cites it first) and
    `quotes` (the distinct cited spans). A receipt whose entry is not among its item's sources is not numbered.
    """
    numbered: dict[str, CitedJson] = {}
    for item, sentence in sentences_in_order(document):
        known = {source["entry"]: source for source in item["sources"]}
        for receipt in sentence["receipts"]:
            entry = receipt["entry"]
            if entry not in numbered:
                if entry not in known:
                    continue
                numbered[entry] = {
                    **known[entry],
                    "number": len(numbered) + 1,
                    "position": item["position"],
                    "quotes": [],
                }
            if receipt["quote"] not in numbered[entry]["quotes"]:
                numbered[entry]["quotes"].append(receipt["quote"])
    return list(numbered.values())


def sentences_in_order(document: Document) -> Iterator[tuple[ItemJson, SentenceJson]]:
    """Every (item, sentence) of the document: items in page order, then what to watch with the item it belongs to."""
    items = {item["story"]: item for item in document["items"]}
    for item in document["items"]:
        for sentence in item["sentences"]:
            yield item, sentence
    for watched in document["watch"]:
        if watched["story"] in items:
            yield items[watched["story"]], watched["sentence"]

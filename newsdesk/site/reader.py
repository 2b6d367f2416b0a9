"""From a digest's document to its page: who is cited where, and which sentences stand together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import TypedDict

from newsdesk.digests.documents.document import CitedJson, citations
from newsdesk.digests.documents.readable import closed
from newsdesk.digests.shape import Document, Role, SentenceJson, SentenceKind, SourceJson, Writer
from newsdesk.site.page import (
    CONFLICT,
    KIND_LABELS,
    WHY,
    Citation,
    Correction,
    DigestPage,
    Label,
    Passage,
    PlacedStory,
    Sentence,
    Source,
    Thesis,
    Watched,
)

# What a manifest names where no model was used.
NO_MODEL = Writer.EXTRACT
ROLE_LABELS: dict[str, str] = {Role.WHY: WHY, Role.CONFLICT: CONFLICT}

Marks = dict[int, list[str]]


class Cited(TypedDict):
    """What a citation shows of its source."""

    number: int
    publisher: str


def read_page(document: Document) -> DigestPage:
    """What the page of this document (`schema/digest-1.json`) shows."""
    numbered = {source["entry"]: source for source in citations(document)}
    marks: dict[int, list[str]] = defaultdict(list)
    passages = {item["position"]: passages_of(item["sentences"], numbered, marks) for item in document["items"]}
    watched = [_sentence(row["sentence"], numbered, marks) for row in document["watch"]]
    stories = tuple(
        PlacedStory(
            position=item["position"],
            section=item["section"],
            public_id=item["story"],
            headline=item["headline"],
            theme=item["theme"],
            passages=passages[item["position"]],
            sources=tuple(_source(source, item["position"], numbered, marks) for source in item["sources"]),
            labels=tuple(Label(label["words"], label.get("story", "")) for label in item.get("labels", ())),
            why=tuple(reason["words"] for reason in item["why_ranked"]["reasons"] if reason["words"]),
        )
        for item in document["items"]
    )
    by_id = {story.public_id: story for story in stories}
    by_position = {story.position: story for story in stories}
    manifest = document["manifest"]
    return DigestPage(
        edition=document["edition"],
        date=date.fromisoformat(document["date"]),
        title=document["title"],
        dek=document["dek"],
        number=manifest["number"],
        window_from=datetime.fromisoformat(document["window"]["from"]),
        window_to=datetime.fromisoformat(document["window"]["to"]),
        published_at=datetime.fromisoformat(manifest["published_at"]) if manifest["published_at"] else None,
        coverage=document["coverage"],
        models=tuple(model for model in manifest.get("models", ()) if model != NO_MODEL),
        stories=stories,
        pattern=tuple(
            Thesis(row["text"], row["counter"], tuple(by_id[key] for key in row["stories"] if key in by_id))
            for row in document["pattern"]
        ),
        watch=tuple(
            Watched(
                sentence=sentence,
                when=row["when"],
                date=date.fromisoformat(row["date"]) if row["date"] else None,
                owner=row["owner"],
                story=by_id.get(row["story"]),
            )
            for row, sentence in zip(document["watch"], watched, strict=True)
        ),
        corrections=tuple(
            Correction(row["text"], datetime.fromisoformat(row["made_at"]), by_position.get(row["position"] or 0))
            for row in document["corrections"]
        ),
    )


def passages_of(sentences: Iterable[SentenceJson], numbered: Mapping[str, Cited], marks: Marks) -> tuple[Passage, ...]:
    """The sentences in their order, neighbours under one label and of one kind together.

    `numbered` holds `number` and `publisher` of every entry that can be cited; `marks` notes, by number, the anchors
    given to its citations.
    """

    def key(sentence: SentenceJson) -> tuple[str, bool]:
        return ROLE_LABELS.get(sentence["role"], ""), sentence["kind"] == SentenceKind.ANALYSIS

    return tuple(
        Passage(label, is_analysis, tuple(_sentence(sentence, numbered, marks) for sentence in group))
        for (label, is_analysis), group in groupby(sentences, key=key)
    )


def _sentence(sentence: SentenceJson, numbered: Mapping[str, Cited], marks: Marks) -> Sentence:
    """The sentence with the marks of its citations; notes in `marks` the anchors it gives to each number."""
    entries = dict.fromkeys(receipt["entry"] for receipt in sentence["receipts"])
    cited = []
    for entry in entries:
        if entry in numbered:
            number = numbered[entry]["number"]
            marks[number].append(f"cite-{number}-{len(marks[number]) + 1}")
            cited.append(Citation(number, marks[number][-1], numbered[entry]["publisher"]))
    return Sentence(closed(sentence["text"]), sentence["written_by"], tuple(cited))


def _source(source: SourceJson, position: int, numbered: Mapping[str, CitedJson], marks: Marks) -> Source:
    known = numbered.get(source["entry"])
    is_listed_here = known is not None and known["position"] == position
    number = known["number"] if known is not None and is_listed_here else 0
    return Source(
        number=number,
        url=source["url"],
        publisher=source["publisher"],
        title=source["title"],
        author=source["author"],
        moment=datetime.fromisoformat(source["published"] or source["seen"]),
        kind=str(KIND_LABELS.get(source["kind"], source["kind"])),
        has_paywall=source["has_paywall"],
        is_copy=bool(source["duplicate_of"]),
        quotes=tuple(known["quotes"]) if known is not None and is_listed_here else (),
        anchors=tuple(marks[number]) if number else (),
    )

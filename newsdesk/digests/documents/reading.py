"""From the document to what is read: sources numbered as a reader meets them, times as times. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from newsdesk.digests.documents.document import CitedJson, citations
from newsdesk.digests.documents.readable import (
    Citation,
    Correction,
    Label,
    Line,
    Readable,
    ReadItem,
    Source,
    Thesis,
    Watched,
)
from newsdesk.digests.shape import (
    CorrectionJson,
    Document,
    ItemJson,
    SentenceJson,
    SentenceKind,
    SourceJson,
    ThesisJson,
    WatchJson,
    Writer,
)

KIND_LABELS = {"wire": "Wire", "report": "Report", "primary": "Primary", "opinion": "Opinion"}
_ENDED = re.compile(r"[.!?。！？…][\"'”’»)\]」』]*$")


def as_readable(document: Document) -> Readable:
    """The document (`schema/digest-1.json`) in the order of its page, its sources numbered as a reader meets them."""
    cited = {source["entry"]: source for source in citations(document)}
    numbered = {entry: Citation(source["number"], source["publisher"]) for entry, source in cited.items()}
    items = tuple(_item(item, numbered, cited) for item in document["items"])
    by_id = {item.public_id: item for item in items}
    by_position = {item.position: item for item in items}
    window = document["window"]
    return Readable(
        document=document,
        day=date.fromisoformat(document["date"]),
        window_from=datetime.fromisoformat(window["from"]),
        window_to=datetime.fromisoformat(window["to"]),
        items=items,
        pattern=tuple(_thesis(thesis, by_id) for thesis in document["pattern"]),
        watched=tuple(_watched(watched, numbered, by_id) for watched in document["watch"]),
        sources=tuple(_source(source, source["position"], cited) for source in cited.values()),
        corrections=tuple(_correction(correction, by_position) for correction in document["corrections"]),
        coverage=coverage_words(document),
        made=made_words(document),
    )


def read_line(sentence: SentenceJson, numbered: Mapping[str, Citation]) -> Line:
    """A sentence for reading; `numbered` are the entries that can be cited."""
    entries = dict.fromkeys(receipt["entry"] for receipt in sentence["receipts"])
    return Line(
        text=closed(sentence["text"]),
        role=sentence["role"],
        is_analysis=sentence["kind"] == SentenceKind.ANALYSIS,
        written_by=sentence["written_by"],
        citations=tuple(numbered[entry] for entry in entries if entry in numbered),
    )


def coverage_words(document: Document) -> str:
    """What the digest was made from, in a sentence."""
    counted = document["coverage"]
    parts = [
        f"{counted['articles']:,} articles from {counted['publishers']} independent publishers, {counted['stories']} "
        f"stories"
    ]
    if counted["feeds"]:
        parts.append(f"{counted['feeds_answered']} of {counted['feeds']} feeds answered")
    if counted["other_languages"]:
        parts.append(f"{counted['other_languages']} stories told only in other languages are left out")
    return "; ".join(parts) + "."


def made_words(document: Document, marks: Mapping[str, str] | None = None) -> str:
    """How it was made, in a sentence or two: who wrote the sentences and headlines.

    `marks` are what a page puts behind a sentence, by its writer.
    """
    written = Counter(s["written_by"] for item in document["items"] for s in item["sentences"])
    headlines = sum(item.get("headline_by") == Writer.EDITOR for item in document["items"])
    total = written.total()

    def counted(writer: Writer) -> str:
        marked = f", marked {marks[writer]}," if marks and writer in marks else ""
        return f"{written[writer]} of {total} sentences{marked}"

    parts = []
    if written[Writer.MODEL]:
        models = ", ".join(model for model in document["manifest"].get("models", []) if model != Writer.EXTRACT)
        checked = "and checked against what they cite"
        parts.append(f"{counted(Writer.MODEL)} were written by a model ({models}) {checked}")
    if written[Writer.EDITOR] or headlines:
        what = [counted(Writer.EDITOR)] if written[Writer.EDITOR] else []
        what += [f"{headlines} headline{'' if headlines == 1 else 's'}"] if headlines else []
        parts.append(f"an editor wrote {' and '.join(what)}".removesuffix(","))
    if parts:
        words = "; ".join(parts)
        return f"{words[0].upper()}{words[1:]}; the others are the sources' own."
    return (
        "No model wrote any of it: every headline and sentence is a source's own, "
        "and the sentence's number leads to that source."
    )


def closed(text: str) -> str:
    """The text with a full stop, if it ends without any mark: a title standing as a sentence."""
    return text if _ENDED.search(text) else f"{text}."


def _item(item: ItemJson, numbered: Mapping[str, Citation], cited: Mapping[str, CitedJson]) -> ReadItem:
    return ReadItem(
        position=item["position"],
        section=item["section"],
        public_id=item["story"],
        headline=item["headline"],
        theme_slug=item["theme"],
        lines=tuple(read_line(sentence, numbered) for sentence in item["sentences"]),
        sources=tuple(_source(source, item["position"], cited) for source in item["sources"]),
        labels=tuple(Label(label["words"], label.get("story", "")) for label in item.get("labels", ())),
        why=tuple(reason["words"] for reason in item["why_ranked"]["reasons"] if reason["words"]),
        origins=item["origins"]["words"] if "origins" in item else "",
    )


def _source(source: SourceJson, position: int, cited: Mapping[str, CitedJson]) -> Source:
    known = cited.get(source["entry"])
    listed = known if known is not None and known["position"] == position else None
    return Source(
        number=listed["number"] if listed else 0,
        url=source["url"],
        publisher=source["publisher"],
        title=source["title"],
        author=source["author"],
        published=datetime.fromisoformat(source["published"]) if source["published"] else None,
        seen=datetime.fromisoformat(source["seen"]),
        kind=KIND_LABELS.get(source["kind"], source["kind"]),
        has_paywall=source["has_paywall"],
        is_copy=bool(source["duplicate_of"]),
        quotes=tuple(listed["quotes"]) if listed else (),
    )


def _thesis(thesis: ThesisJson, by_id: Mapping[str, ReadItem]) -> Thesis:
    return Thesis(thesis["text"], thesis["counter"], tuple(by_id[key] for key in thesis["stories"] if key in by_id))


def _watched(watched: WatchJson, numbered: Mapping[str, Citation], by_id: Mapping[str, ReadItem]) -> Watched:
    return Watched(
        line=read_line(watched["sentence"], numbered),
        when=watched["when"],
        date=date.fromisoformat(watched["date"]) if watched["date"] else None,
        owner=watched["owner"],
        story=by_id.get(watched["story"]),
    )


def _correction(correction: CorrectionJson, by_position: Mapping[int, ReadItem]) -> Correction:
    made_at = datetime.fromisoformat(correction["made_at"])
    return Correction(correction["text"], made_at, by_position.get(correction["position"] or 0))

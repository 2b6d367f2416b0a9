"""The document arranged for reading, with its citations numbered: shared by the text and the HTML export. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from newsdesk.digests.documents.document import CitedJson, citations
from newsdesk.digests.shape import Document, ItemJson, Role, Section, SentenceJson, SentenceKind, ThesisJson, Writer
from newsdesk.stories.themes import theme_label

MOST_NAMED = 4

_ENDED = re.compile(r"[.!?。！？…][\"'”’»)\]」』]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the numbers of the sources it cites; `outlets` are their publishers."""

    text: str
    role: str
    is_analysis: bool
    numbers: tuple[int, ...]
    outlets: tuple[str, ...]

    @property
    def marks(self) -> str:
        """The citation marks: `[3][7]`."""
        return "".join(f"[{number}]" for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Told:
    """An item for reading: `says` are what happened and details, `disagreements` the conflicting figures."""

    position: int
    headline: str
    theme: str
    says: tuple[Line, ...]
    disagreements: tuple[Line, ...]
    reasons: tuple[Line, ...]
    outlets: str
    numbers: tuple[int, ...]
    labels: tuple[str, ...] = ()

    @property
    def marks(self) -> str:
        """The citation marks of the whole item: `[3][7]`."""
        return "".join(f"[{number}]" for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Readable:
    """A whole digest for reading."""

    document: Document
    day: date
    lead: tuple[Told, ...]
    big: tuple[Told, ...]
    short: tuple[tuple[str, tuple[Told, ...]], ...]
    watch: tuple[Line, ...]
    sources: tuple[CitedJson, ...]
    coverage: str
    made: str


def arrange(document: Document) -> Readable:
    """The document by sections, each sentence closed with a full stop and numbered by its sources."""
    cited = citations(document)
    numbers = {source["entry"]: source for source in cited}
    told = {
        section: tuple(_told(item, numbers) for item in document["items"] if item["section"] == section)
        for section in Section
    }
    return Readable(
        document=document,
        day=date.fromisoformat(document["date"]),
        lead=told[Section.LEAD],
        big=told[Section.BIG],
        short=tuple(
            (theme, tuple(items)) for theme, items in groupby(told[Section.SHORT], key=lambda item: item.theme)
        ),
        watch=tuple(_line(watched["sentence"], numbers) for watched in document["watch"]),
        sources=tuple(cited),
        coverage=coverage_words(document),
        made=made_words(document),
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


def made_words(document: Document) -> str:
    """How it was made, in a sentence or two: who wrote the sentences and headlines."""
    written = Counter(s["written_by"] for item in document["items"] for s in item["sentences"])
    headlines = sum(item.get("headline_by") == Writer.EDITOR for item in document["items"])
    total = written.total()
    parts = []
    if written[Writer.MODEL]:
        models = ", ".join(model for model in document["manifest"].get("models", []) if model != Writer.EXTRACT)
        checked = "and checked against what they cite"
        parts.append(f"{written[Writer.MODEL]} of {total} sentences were written by a model ({models}) {checked}")
    if written[Writer.EDITOR] or headlines:
        what = [f"{written[Writer.EDITOR]} of {total} sentences"] if written[Writer.EDITOR] else []
        what += [f"{headlines} headline{'' if headlines == 1 else 's'}"] if headlines else []
        parts.append(f"an editor wrote {' and '.join(what)}")
    if parts:
        words = "; ".join(parts)
        return f"{words[0].upper()}{words[1:]}; the others are the sources' own."
    return (
        "No model wrote any of it: every headline and sentence is a source's own, "
        "and the sentence's number leads to that source."
    )


def rests_on(thesis: ThesisJson, document: Document) -> str:
    """The headlines that a thesis rests on, the first few of them by name."""
    headlines = {item["story"]: item["headline"] for item in document["items"]}
    held = [headlines[story] for story in thesis["stories"] if story in headlines]
    more = len(held) - MOST_NAMED
    return "; ".join(held[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def closed(text: str) -> str:
    """The text with a full stop, if it ends without any mark: a title standing as a sentence."""
    return text if _ENDED.search(text) else f"{text}."


def stamp(moment: str) -> str:
    """An ISO time of the document as people read it, in UTC."""
    return f"{datetime.fromisoformat(moment):%-d %B %Y, %H:%M} UTC"


def _told(item: ItemJson, numbers: dict[str, CitedJson]) -> Told:
    lines = [_line(sentence, numbers) for sentence in item["sentences"]]
    return Told(
        position=item["position"],
        headline=item["headline"],
        theme=theme_label(item["theme"]),
        says=tuple(line for line in lines if line.role in (Role.WHAT, Role.DETAIL)),
        disagreements=tuple(line for line in lines if line.role == Role.CONFLICT),
        reasons=tuple(line for line in lines if line.role == Role.WHY),
        outlets=", ".join(_distinct(s["publisher"] for s in item["sources"] if not s["duplicate_of"])),
        numbers=tuple(dict.fromkeys(number for line in lines for number in line.numbers)),
        labels=tuple(label["words"] for label in item.get("labels", ())),
    )


def _line(sentence: SentenceJson, numbers: dict[str, CitedJson]) -> Line:
    cited = [numbers[entry] for entry in _distinct(r["entry"] for r in sentence["receipts"]) if entry in numbers]
    return Line(
        text=closed(sentence["text"]),
        role=sentence["role"],
        is_analysis=sentence["kind"] == SentenceKind.ANALYSIS,
        numbers=tuple(source["number"] for source in cited),
        outlets=tuple(_distinct(source["publisher"] for source in cited)),
    )


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))

"""The document as it is read, its citations numbered: the one model of text, HTML, page and mail. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from newsdesk.digests.documents.document import CitedJson, citations
from newsdesk.digests.shape import (
    CorrectionJson,
    Document,
    ItemJson,
    Role,
    Section,
    SentenceJson,
    SentenceKind,
    SourceJson,
    ThesisJson,
    WatchJson,
    Writer,
)
from newsdesk.stories.themes import theme_label

MOST_NAMED = 4
MADE_TITLE = "How this was made"
KIND_LABELS = {"wire": "Wire", "report": "Report", "primary": "Primary", "opinion": "Opinion"}

_ENDED = re.compile(r"[.!?。！？…][\"'”’»)\]」』]*$")


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source that a sentence cites."""

    number: int
    publisher: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, closed with a full stop, and the sources it cites."""

    text: str
    role: str
    is_analysis: bool
    written_by: str
    citations: tuple[Citation, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(citation.number for citation in self.citations)

    @property
    def outlets(self) -> tuple[str, ...]:
        """The publishers of what it cites, each once."""
        return _distinct(citation.publisher for citation in self.citations)

    @property
    def marks(self) -> str:
        """The citation marks: `[3][7]`."""
        return _marks(self.numbers)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an item; `number` is 0, and there are no quotes, where nothing cites it or an earlier item did first.

    `kind` is in words.
    """

    number: int
    url: str
    publisher: str
    title: str
    author: str
    published: datetime | None
    seen: datetime
    kind: str
    has_paywall: bool
    is_copy: bool
    quotes: tuple[str, ...]

    @property
    def moment(self) -> datetime:
        """When it was published, or where nobody says so first seen."""
        return self.published or self.seen

    @property
    def when(self) -> str:
        return stamp(self.moment)

    @property
    def is_seen(self) -> bool:
        """Whether its time is that of our seeing it."""
        return self.published is None

    @property
    def note(self) -> str:
        """`seen 3 March 2026, 07:00 UTC, paywall`."""
        return f"{'seen ' if self.is_seen else ''}{self.when}{', paywall' if self.has_paywall else ''}"


@dataclass(frozen=True, slots=True)
class Label:
    """A line above an item: old news, what is new since, what it follows up; `story` is the earlier one, if any."""

    words: str
    story: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item for reading; `why` are the reasons of its rank in words."""

    position: int
    section: str
    public_id: str
    headline: str
    theme_slug: str
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    labels: tuple[Label, ...]
    why: tuple[str, ...]

    @property
    def theme(self) -> str:
        """The name of its theme."""
        return theme_label(self.theme_slug)

    @property
    def says(self) -> tuple[Line, ...]:
        """What happened, and details."""
        return tuple(line for line in self.lines if line.role in (Role.WHAT, Role.DETAIL))

    @property
    def disagreements(self) -> tuple[Line, ...]:
        """The conflicting figures."""
        return tuple(line for line in self.lines if line.role == Role.CONFLICT)

    @property
    def reasons(self) -> tuple[Line, ...]:
        """Why it matters."""
        return tuple(line for line in self.lines if line.role == Role.WHY)

    @property
    def outlets(self) -> str:
        """The publishers of its originals, each once."""
        return ", ".join(_distinct(source.publisher for source in self.sources if not source.is_copy))

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number for line in self.lines for number in line.numbers))

    @property
    def marks(self) -> str:
        """The citation marks of the whole item: `[3][7]`."""
        return _marks(self.numbers)


@dataclass(frozen=True, slots=True)
class Thesis:
    """A thesis of the pattern, what speaks against it, and the stories of the digest that it rests on."""

    text: str
    counter: str
    stories: tuple[ReadItem, ...]

    @property
    def rests_on(self) -> str:
        """The headlines that it rests on, the first few of them by name."""
        held = [story.headline for story in self.stories]
        more = len(held) - MOST_NAMED
        return "; ".join(held[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch: `when` as the source puts it, `date` where it names a day, `owner` maybe empty."""

    line: Line
    when: str
    date: date | None
    owner: str
    story: ReadItem | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A recorded change, and the item that it concerns."""

    text: str
    made_at: datetime
    story: ReadItem | None

    @property
    def when(self) -> str:
        return stamp(self.made_at)


@dataclass(frozen=True, slots=True)
class Readable:
    """A whole digest for reading; `sources` are the cited ones in the order of their numbers."""

    document: Document
    day: date
    window_from: datetime
    window_to: datetime
    items: tuple[ReadItem, ...]
    pattern: tuple[Thesis, ...]
    watched: tuple[Watched, ...]
    sources: tuple[Source, ...]
    corrections: tuple[Correction, ...]
    coverage: str
    made: str

    @property
    def lead(self) -> tuple[ReadItem, ...]:
        return self._of(Section.LEAD)

    @property
    def big(self) -> tuple[ReadItem, ...]:
        return self._of(Section.BIG)

    @property
    def short(self) -> tuple[tuple[str, tuple[ReadItem, ...]], ...]:
        """The items in short by the names of their themes."""
        return tuple(
            (theme, tuple(items)) for theme, items in groupby(self._of(Section.SHORT), lambda item: item.theme)
        )

    @property
    def watch(self) -> tuple[Line, ...]:
        """The sentences of what to watch."""
        return tuple(watched.line for watched in self.watched)

    @property
    def covers(self) -> str:
        """`first seen from 9 March 2026, 07:00 UTC to 10 March 2026, 07:00 UTC`."""
        return f"first seen from {stamp(self.window_from)} to {stamp(self.window_to)}"

    @property
    def title_is_lead(self) -> bool:
        """Whether the title is the lead's headline."""
        return bool(self.lead) and self.lead[0].headline.strip(" .") == self.document["title"].strip(" .")

    def _of(self, section: Section) -> tuple[ReadItem, ...]:
        return tuple(item for item in self.items if item.section == section)


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
    entries = _distinct(receipt["entry"] for receipt in sentence["receipts"])
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


def stamp(moment: datetime) -> str:
    """A time of the document as people read it, in UTC."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"


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


def _marks(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))

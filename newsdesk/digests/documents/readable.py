"""The document as it is read, its citations numbered: the one model of text, HTML, page and mail. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from newsdesk.digests.shape import (
    Document,
    Role,
    Section,
)
from newsdesk.stories.themes import theme_label

MOST_NAMED = 4
MADE_TITLE = "How this was made"


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
    """An item for reading; `why` are the reasons of its rank in words, `origins` who found it out (maybe empty)."""

    position: int
    section: str
    public_id: str
    headline: str
    theme_slug: str
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    labels: tuple[Label, ...]
    why: tuple[str, ...]
    origins: str

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


def stamp(moment: datetime) -> str:
    """A time of the document as people read it, in UTC."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"


def _marks(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))

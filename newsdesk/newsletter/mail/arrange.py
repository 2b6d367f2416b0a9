"""A digest's document as a mail says it, for both of its parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsdesk.digests.documents import readable
from newsdesk.digests.documents.readable import Line, Readable, Source, Thesis
from newsdesk.digests.documents.reading import as_readable
from newsdesk.digests.shape import Document

SAMPLE_WARNING = "The outlets and the news in this mail are invented."


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch: `when` it is due and whom and which story it is about, each maybe empty."""

    when: str
    line: Line
    about: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything a mail says, beside its foot; `page` has the stories.

    `more` counts the stories that a mail had no room for, `url` is where all of them stand.
    """

    name: str
    page: Readable
    title: str
    dek: str
    counts: str
    is_sample: bool
    title_is_lead: bool
    more: int
    url: str
    pattern: tuple[Thesis, ...]
    watch: tuple[Watched, ...]
    sources: tuple[Source, ...]
    corrections: tuple[str, ...]
    made: str

    @property
    def more_words(self) -> str:
        """`12 more stories on the page`, or nothing."""
        return f"{self.more} more {'story' if self.more == 1 else 'stories'} on the page" if self.more else ""


def arrange_issue(document: Document, *, url: str, more: int, is_sample: bool, note: str) -> Issue:
    """The document for a mail; `note`, maybe empty, says what part of the digest it is."""
    page = as_readable(document)
    manifest = document["manifest"]
    number = f"No. {manifest['number']}" if manifest["number"] else "preview"
    return Issue(
        name=f"{manifest['edition_title']}, {number}, {page.day:%A} {_day(page.day)} {page.day.year}",
        page=page,
        title=document["title"],
        dek=document["dek"],
        counts=f"{note} The whole digest: {page.coverage}" if note else page.coverage,
        is_sample=is_sample,
        title_is_lead=page.title_is_lead,
        more=more,
        url=url,
        pattern=page.pattern,
        watch=tuple(Watched(_when(watched, page.day), watched.line, _about(watched)) for watched in page.watched),
        sources=page.sources,
        corrections=tuple(f"{correction.text} ({correction.when})" for correction in page.corrections),
        made=f"It covers what was {page.covers}. {page.made}",
    )


def _when(watched: readable.Watched, today: date) -> str:
    day = watched.date
    if day is None:
        return watched.when[:1].upper() + watched.when[1:]
    return _day(day) if day.year == today.year else f"{_day(day)} {day.year}"


def _about(watched: readable.Watched) -> str:
    named = watched.story.headline if watched.story else ""
    return ": ".join(part for part in (watched.owner, named) if part)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"

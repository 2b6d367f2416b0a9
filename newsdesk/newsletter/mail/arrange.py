"""A digest's document as a mail says it, for both of its parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsdesk.digests.documents.document import CitedJson
from newsdesk.digests.documents.readable import Line, Readable, arrange, rests_on, stamp
from newsdesk.digests.shape import Document, WatchJson

SAMPLE_WARNING = "The outlets and the news in this mail are invented."


@dataclass(frozen=True, slots=True)
class Thesis:
    """A thesis of the pattern with what speaks against it."""

    text: str
    counter: str
    rests_on: str


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch: `when` it is due and whom and which story it is about, each maybe empty."""

    when: str
    line: Line
    about: str


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source; `url` is empty where it leads nowhere."""

    number: int
    publisher: str
    title: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything a mail says, beside its foot; `page` has the stories in `arrange`'s form.

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
    page = arrange(document)
    manifest, window = document["manifest"], document["window"]
    number = f"No. {manifest['number']}" if manifest["number"] else "preview"
    corrected = [f"{correction['text']} ({stamp(correction['made_at'])})" for correction in document["corrections"]]
    return Issue(
        name=f"{manifest['edition_title']}, {number}, {page.day:%A} {_day(page.day)} {page.day.year}",
        page=page,
        title=document["title"],
        dek=document["dek"],
        counts=f"{note} The whole digest: {page.coverage}" if note else page.coverage,
        is_sample=is_sample,
        title_is_lead=bool(page.lead) and page.lead[0].headline.strip(" .") == document["title"].strip(" ."),
        more=more,
        url=url,
        pattern=tuple(Thesis(row["text"], row["counter"], rests_on(row, document)) for row in document["pattern"]),
        watch=tuple(
            Watched(_when(row, page.day), line, _about(row, document))
            for row, line in zip(document["watch"], page.watch, strict=True)
        ),
        sources=tuple(_source(source) for source in page.sources),
        corrections=tuple(corrected),
        made=f"It covers what was first seen from {stamp(window['from'])} to {stamp(window['to'])}. {page.made}",
    )


def _source(source: CitedJson) -> Source:
    when = stamp(source["published"]) if source["published"] else f"seen {stamp(source['seen'])}"
    note = f"{when}, paywall" if source["has_paywall"] else when
    return Source(source["number"], source["publisher"], source["title"], source["url"], note)


def _when(watched: WatchJson, today: date) -> str:
    if not watched["date"]:
        return watched["when"][:1].upper() + watched["when"][1:]
    day = date.fromisoformat(watched["date"])
    return _day(day) if day.year == today.year else f"{_day(day)} {day.year}"


def _about(watched: WatchJson, document: Document) -> str:
    headlines = [item["headline"] for item in document["items"] if item["story"] == watched["story"]]
    return ": ".join(part for part in (watched["owner"], *headlines) if part)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"

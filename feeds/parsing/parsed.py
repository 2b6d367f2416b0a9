"""What reading a feed gives: frozen, plain, bounded; the same for RSS, Atom and JSON Feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.dates import EARLIEST
from feeds.scrub import cut, plain_text, scrub
from feeds.urls import http_url

MAX_ENTRIES = 500
MAX_TITLE_CHARACTERS = 1000
MAX_AUTHOR_CHARACTERS = 300
MAX_SUMMARY_CHARACTERS = 2000
MAX_BODY_CHARACTERS = 100_000
MAX_FEED_TITLE_CHARACTERS = 500
MAX_GUID_CHARACTERS = 10_000
# A title made from a summary stops here, at the end of a word.
MADE_TITLE_CHARACTERS = 100
# A description of this length is the article itself.
FULL_TEXT_CHARACTERS = 1500

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.I)


class NotAFeed(ValueError):
    """The document is no feed that we can read; the message says in plain words why."""


@dataclass(frozen=True)
class ParsedEntry:
    """One entry in plain, scrubbed text; `guid`, `url` and the texts may be empty, the title never is."""

    guid: str
    url: str
    title: str
    author: str
    summary: str
    body: str
    published_at: datetime | None
    language: str


@dataclass(frozen=True)
class ParsedFeed:
    """A feed document; `problem` says in plain words what was wrong with one that could be read all the same."""

    title: str
    site_url: str
    language: str
    entries: tuple[ParsedEntry, ...]
    problem: str = ""


@dataclass(frozen=True)
class Markup:
    """A text as the document carries it, and whether it is HTML."""

    value: str = ""
    is_html: bool = True

    def plain(self, limit: int, *, keep_paragraphs: bool = False) -> str:
        """The text a reader would see, at most `limit` characters."""
        read = plain_text if self.is_html or "&" in self.value else scrub
        return read(self.value, limit, keep_paragraphs=keep_paragraphs)


def clean_entry(
    *,
    guid: str,
    url: str,
    base: str,
    title: Markup,
    author: str,
    summary: Markup,
    body: Markup,
    published_at: datetime | None,
    language: str,
) -> ParsedEntry | None:
    """An entry from raw values; None for one with nothing to show.

    A missing title becomes the first words of the text; a summary as long as an article is kept as the body.
    """
    body_text = body.plain(MAX_BODY_CHARACTERS, keep_paragraphs=True)
    summary_text = summary.plain(MAX_BODY_CHARACTERS, keep_paragraphs=True)
    if not body_text and len(summary_text) >= FULL_TEXT_CHARACTERS:
        body_text = summary_text
    summary_text = scrub(summary_text or body_text, MAX_SUMMARY_CHARACTERS)
    link = http_url(url, base)
    title_text = (
        title.plain(MAX_TITLE_CHARACTERS) or cut(summary_text, MADE_TITLE_CHARACTERS) or link[:MAX_TITLE_CHARACTERS]
    )
    if not title_text:
        return None
    return ParsedEntry(
        guid=scrub(guid, MAX_GUID_CHARACTERS),
        url=link,
        title=title_text,
        author=plain_text(author, MAX_AUTHOR_CHARACTERS),
        summary=summary_text,
        body=body_text,
        published_at=published_at,
        language=clean_language(language),
    )


def clean_language(value: str) -> str:
    """A language tag of at most 12 characters, or nothing."""
    found = _LANGUAGE.match(value.strip().replace("_", "-"))
    return found[0] if found else ""


def newest(dates: Sequence[datetime | None], limit: int) -> list[int]:
    """The places of the `limit` newest, in their own order; undated ones count as oldest, earlier places as newer."""
    if len(dates) <= limit:
        return list(range(len(dates)))
    by_age = sorted(range(len(dates)), key=lambda place: dates[place] or EARLIEST, reverse=True)
    return sorted(by_age[:limit])

"""From the bytes of an answer to a feed in plain text: RSS and Atom through feedparser, JSON Feed by our own reader.

feedparser is handed bytes and headers and nothing that it could open, with its HTML cleaning off: no markup is kept.
"""

from __future__ import annotations

import io
import re
import xml.sax
from collections.abc import Mapping
from typing import Any

import feedparser

from feeds.dates import parse_date
from feeds.parsing.json_feed import parse_json_feed
from feeds.parsing.parsed import (
    MAX_FEED_TITLE_CHARACTERS,
    Markup,
    NotAFeed,
    ParsedEntry,
    ParsedFeed,
    clean_entry,
    clean_language,
)
from feeds.parsing.trim import split, trim
from feeds.scrub import plain_text
from feeds.urls import http_url

__all__ = ["NotAFeed", "ParsedEntry", "ParsedFeed", "parse"]

_WEB_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)
_SNIFFED_BYTES = 2000
# feedparser sets these though it read the document well: the encoding was named wrongly, the media type is not XML.
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
# References to half a character, on which feedparser stops.
_SURROGATE = re.compile(rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*5(?:529[6-9]|5[3-9]\d\d|[67]\d{3}));", re.I)
_DATE_FIELDS = ("published", "created", "updated")


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """Read a feed document found at `url`; header names are lower case.

    At most 500 entries are kept, the newest, all text plain and cut to its limits; links are absolute http or https.
    Raises: NotAFeed.
    """
    start = body[:_SNIFFED_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise NotAFeed("The answer is empty.")
    if start[:1] in b"{[":
        return parse_json_feed(body, url)
    return _parse_xml(body, headers, url)


def _parse_xml(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    hints = {"content-location": url, "content-type": headers.get("content-type", "")}
    document, dropped = trim(body)
    problem = f"{dropped} entries were too large to read." if dropped else ""
    try:
        result = _read(document, hints)
    except Exception as error:  # noqa: BLE001 feedparser raises what it likes on hostile input (KeyError, ValueError)
        problem = f"The document could not be read as a whole ({type(error).__name__})."
        result = _read_one_by_one(_SURROGATE.sub(b"", document), hints)
    damage = result.get("bozo_exception")
    if damage is not None and not isinstance(damage, _HARMLESS):
        problem = problem or _in_words(damage)
    entries = [entry for raw in result.entries if (entry := _entry(raw, result, url))]
    if not entries and (problem or not result.version):
        raise NotAFeed(_why_not(body, problem))
    feed = result.feed
    return ParsedFeed(
        title=plain_text(str(feed.get("title", "")), MAX_FEED_TITLE_CHARACTERS),
        site_url=http_url(str(feed.get("link", "")), url),
        language=clean_language(str(feed.get("language", ""))),
        entries=tuple(entries),
        problem=problem,
    )


def _read(document: bytes, hints: Mapping[str, str]) -> Any:
    return feedparser.parse(
        io.BytesIO(document), response_headers=dict(hints), sanitize_html=False, resolve_relative_uris=False
    )


def _read_one_by_one(document: bytes, hints: Mapping[str, str]) -> Any:
    """The feed without the entries that make feedparser raise: one poisonous entry never hides the others."""
    pieces = split(document)
    try:
        result = _read(pieces.head + pieces.tail, hints)
    except Exception as error:
        raise NotAFeed(f"The document could not be read ({type(error).__name__}).") from error
    for entry in pieces.entries:
        try:
            result.entries += _read(pieces.head + entry + pieces.tail, hints).entries
        except Exception:  # noqa: BLE001, S112 the caller reports that entries were left out
            continue
    return result


def _entry(raw: Any, result: Any, url: str) -> ParsedEntry | None:
    contents = [content for content in raw.get("content", []) if content.get("value")]
    content: Mapping[str, Any] = max(contents, key=lambda content: len(content["value"]), default={})
    language = content.get("language") or raw.get("title_detail", {}).get("language") or result.feed.get("language")
    return clean_entry(
        guid=str(raw.get("id", "")),
        url=str(raw.get("feedburner_origlink") or raw.get("link") or ""),
        base=url,
        title=_markup(raw.get("title_detail") or {"value": raw.get("title", "")}, result.version),
        author=_author(raw),
        summary=_markup(raw.get("summary_detail") or {"value": raw.get("summary", "")}, result.version),
        body=_markup(content, result.version),
        published_at=next((date for name in _DATE_FIELDS if (date := parse_date(str(dict.get(raw, name, ""))))), None),
        language=str(language or ""),
    )


def _markup(detail: Mapping[str, Any], version: str) -> Markup:
    # Atom says what is HTML; in RSS nothing does, and nearly everything is.
    is_html = not version.startswith("atom") or detail.get("type") != "text/plain"
    return Markup(str(detail.get("value") or ""), is_html)


def _author(raw: Any) -> str:
    names = [str(author["name"]) for author in raw.get("authors", []) if author.get("name")]
    return ", ".join(dict.fromkeys(names)) or str(raw.get("author", ""))


def _in_words(error: Exception) -> str:
    if isinstance(error, xml.sax.SAXParseException):
        return f"The XML is broken at line {error.getLineNumber()}: {error.getMessage()}."
    return f"The document is damaged ({type(error).__name__})."


def _why_not(body: bytes, problem: str) -> str:
    if _WEB_PAGE.search(body[:_SNIFFED_BYTES]):
        return "The address answers with a web page, not with a feed."
    return (
        problem
        if problem.startswith("The XML") and b"<" in body
        else "The document is neither RSS, Atom nor JSON Feed."
    )

"""What a page says about itself: title, author, date, language, canonical address, and whether we may keep its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from feeds.dates import parse_date
from feeds.scrub import plain_text, scrub
from feeds.urls import http_url

TITLE_CHARACTERS = 1000
AUTHOR_CHARACTERS = 300
LANGUAGE_CHARACTERS = 12
# A page carries two or three blocks of linked data; more, or larger ones, are not read.
MAX_LINKED_DATA_BLOCKS = 20
MAX_LINKED_DATA_CHARACTERS = 500_000
MAX_LINKED_DATA_NODES = 500

# Not "html": of an element that is asked for, BeautifulSoup builds all that stands in it.
_ELEMENTS = ["meta", "link", "title", "script"]
_LANGUAGE = re.compile(r"<html\b[^>]{0,1000}?\slang\s*=\s*[\"']?([\w-]{2,12})", re.IGNORECASE)
# Where the html element begins, at the latest.
PREAMBLE_CHARACTERS = 4096
_TITLE_NAMES = ("og:title", "twitter:title", "dc.title")
_AUTHOR_NAMES = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl")
_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "pubdate",
    "publish-date",
    "date",
)
_ARTICLE_TYPES = (
    "Article",
    "NewsArticle",
    "BlogPosting",
    "Report",
    "TechArticle",
    "ScholarlyArticle",
    "LiveBlogPosting",
)
_LINKED_DATA = re.compile(r"^\s*application/ld\+json", re.IGNORECASE)
# Robots directives by which a publisher forbids keeping or quoting the text of a page.
OPT_OUTS = ("noai", "noarchive", "nosnippet", "max-snippet:0")
_ROBOTS_NAMES = ("robots", "newsdesk")


@dataclass(frozen=True)
class PageMetadata:
    """A page's own words, as plain text; empty or None where it does not say. `opt_out` names the directive found."""

    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    canonical_url: str = ""
    language: str = ""
    opt_out: str = ""


def read_metadata(markup: str, url: str, headers: Mapping[str, str]) -> PageMetadata:
    """Read a page's metadata; `headers` are the response's, by lower-case name.

    Linked data (schema.org) comes before meta tags, those before the title element.
    """
    soup = BeautifulSoup(markup, "lxml", parse_only=SoupStrainer(_ELEMENTS))
    meta = _meta_tags(soup)
    data = _linked_article(soup)
    language = _LANGUAGE.search(markup, 0, PREAMBLE_CHARACTERS)
    title = soup.find("title")
    return PageMetadata(
        title=plain_text(
            _text(data.get("headline")) or _first(meta, _TITLE_NAMES) or (title.get_text() if title else ""),
            TITLE_CHARACTERS,
        ),
        author=_read_author(data, meta),
        published_at=_read_date(_text(data.get("datePublished"))) or _read_date(_first(meta, _DATE_NAMES)),
        canonical_url=_canonical(soup, url) or http_url(_first(meta, ("og:url",)), url),
        language=scrub(language[1] if language else headers.get("content-language", ""), LANGUAGE_CHARACTERS),
        opt_out=_read_opt_out(meta, headers),
    )


def _meta_tags(soup: BeautifulSoup) -> dict[str, str]:
    """Contents by lower-case name, property or itemprop; of repeated ones the first, but robots directives add up."""
    tags: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        content = str(tag.get("content") or "").strip()
        if name in _ROBOTS_NAMES:
            tags[name] = f"{tags.get(name, '')},{content}"
        elif name and content:
            tags.setdefault(name, content)
    return tags


def _first(meta: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _canonical(soup: BeautifulSoup, url: str) -> str:
    link = soup.find("link", rel="canonical")
    return http_url(str(link.get("href") or ""), url) if isinstance(link, Tag) else ""


def _read_author(data: Mapping[str, Any], meta: Mapping[str, str]) -> str:
    author = plain_text(", ".join(dict.fromkeys(_names(data.get("author")))), AUTHOR_CHARACTERS)
    # A profile's address stands in many author tags: it is not a name.
    return author or next(
        (plain_text(meta[name], AUTHOR_CHARACTERS) for name in _AUTHOR_NAMES if "://" not in meta.get(name, "://")), ""
    )


def _read_date(value: str) -> datetime | None:
    """A date, if its year (in some time zone) stands in the value: a time of day alone would be read as today's."""
    moment = parse_date(value)
    is_written = moment is not None and any(str(moment.year + shift) in value for shift in (-1, 0, 1))
    return moment if is_written else None


def _names(author: Any) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        name = _text(one.get("name") if isinstance(one, dict) else one).strip()
        if name and "://" not in name:
            yield name


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _linked_article(soup: BeautifulSoup) -> dict[str, Any]:
    """The first schema.org article among a page's JSON-LD blocks; empty if there is none."""
    for script in soup.find_all("script", type=_LINKED_DATA, limit=MAX_LINKED_DATA_BLOCKS):
        source = script.get_text()
        if len(source) > MAX_LINKED_DATA_CHARACTERS:
            continue
        try:
            found = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found):
            kinds = node.get("@type")
            if any(kind in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return node
    return {}


def _nodes(found: Any) -> Iterator[dict[str, Any]]:
    """The objects at the top of a JSON-LD document, in lists and in `@graph`."""
    waiting = [found]
    for _ in range(MAX_LINKED_DATA_NODES):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one[:MAX_LINKED_DATA_NODES]
        elif isinstance(one, dict):
            yield one
            waiting[:0] = [one[key] for key in ("@graph", "mainEntity") if key in one]


def _read_opt_out(meta: Mapping[str, str], headers: Mapping[str, str]) -> str:
    directives = ",".join([headers.get("x-robots-tag", ""), *(meta.get(name, "") for name in _ROBOTS_NAMES)])
    # "otherbot: noai" is meant for another robot; "max-snippet:0" is a directive with a value.
    asked = {"".join(directive.split()).lower().removeprefix("newsdesk:") for directive in directives.split(",")}
    for opt_out in OPT_OUTS:
        if opt_out in asked:
            return opt_out
    reserved = meta.get("tdm-reservation") or headers.get("tdm-reservation", "")
    return "tdm-reservation" if reserved.strip() == "1" else ""

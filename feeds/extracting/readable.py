"""From the bytes of a page to what a reader of it reads."""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bs4.dammit import EncodingDetector
from lxml import etree
from trafilatura import bare_extraction
from trafilatura.metadata import Document

from feeds.extracting.metadata import read_metadata
from feeds.extracting.visible import visible_tree
from feeds.scrub import PARAGRAPH, cut, scrub

MAX_PAGE_BYTES = 2_000_000
MAX_TEXT_CHARACTERS = 200_000
# Above this the slower second opinions are left out.
MAX_THOROUGH_CHARACTERS = 500_000
# Less than this is a cookie notice or a teaser, not an article.
MIN_TEXT_CHARACTERS = 200

# Page furniture that extraction leaves between paragraphs; only short lines are looked at.
MAX_FURNITURE_WORDS = 20
_FURNITURE = re.compile(
    r"(?:tags?|topics?|comments?|share|share this(?: article| story| post)?|advertisement|sponsored|follow us)\W*$"
    r"|(?:tags|topics|filed under|read (?:more|next|also)|related(?: \w+)?|see (?:more|also)|more from)\s*:"
    r"|(?:read more|don['’]t miss|most read in|related (?:articles?|stories|posts?))\b"
    r"|(?:sign up|subscribe|get the (?:latest|day)|click here|follow us on|tell us what you think)\b"
    r"|(?:copyright|©|\(c\)|all rights reserved)",
    re.IGNORECASE,
)
# Titles stand at most this far into an extracted text.
TITLE_LINES = 4
# Where a page's own declaration of its encoding must stand.
DECLARATION_BYTES = 4096
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_WORD = re.compile(r"\w+")

# trafilatura tells the log about every page it cannot read; we keep that as an outcome.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class ReadArticle:
    """A page's article; `text` is plain, its paragraphs separated by blank lines, without the title.

    `opt_out` names the directive by which the publisher forbids keeping it; `text` is empty then.
    """

    title: str
    author: str
    text: str
    published_at: datetime | None
    canonical_url: str
    language: str
    opt_out: str


def read_article(page: bytes, url: str, headers: Mapping[str, str]) -> ReadArticle | None:
    """The article of an HTML page, or None where there is none worth the name.

    Hidden elements and comments are removed first: text that no reader sees must not reach a model. Extraction is
    trafilatura's (Barbaresi, ACL 2021) in its precision mode, the best of those measured by `bench/extraction.py`.
    """
    markup = decode_page(page[:MAX_PAGE_BYTES], headers.get("content-type", ""))
    metadata = read_metadata(markup, url, headers)
    text = "" if metadata.opt_out else read_text(markup, metadata.title)
    if not text and not metadata.opt_out:
        return None
    return ReadArticle(
        title=metadata.title,
        author=metadata.author,
        text=text,
        published_at=metadata.published_at,
        canonical_url=metadata.canonical_url,
        language=metadata.language,
        opt_out=metadata.opt_out,
    )


def decode_page(page: bytes, content_type: str) -> str:
    """The page as text: by its byte order mark, as UTF-8 if it is that, else as declared, else as Windows-1252."""
    page, by_mark = EncodingDetector.strip_byte_order_mark(page)
    if not by_mark:
        try:
            # Not final: a page cut at its cap may end within a character.
            return codecs.getincrementaldecoder("utf-8")().decode(page)
        except UnicodeDecodeError:
            pass
    in_header = _CHARSET.search(content_type)
    in_page = EncodingDetector.find_declared_encoding(page[:DECLARATION_BYTES], is_html=True)
    for encoding in (by_mark, in_header[1] if in_header else None, in_page):
        try:
            if encoding:
                return page.decode(encoding, "replace")
        except (LookupError, ValueError):
            continue
    return page.decode("windows-1252", "replace")


def read_text(markup: str, title: str) -> str:
    """The article's paragraphs, without its title and page furniture; empty if it is too short to be one."""
    tree = visible_tree(markup)
    if tree is None:
        return ""
    try:
        document = bare_extraction(
            tree, favor_precision=True, include_comments=False, fast=len(markup) > MAX_THOROUGH_CHARACTERS
        )
    except (RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError, etree.LxmlError):
        return ""  # a page that breaks the extractor is a page without an article
    if not isinstance(document, Document):
        return ""
    lines = [scrub(line, MAX_TEXT_CHARACTERS) for line in (document.text or "").splitlines()]
    kept = [
        line
        for place, line in enumerate(lines)
        if line and not _is_furniture(line) and not (place < TITLE_LINES and _is_title(line, title))
    ]
    text = cut(PARAGRAPH.join(kept), MAX_TEXT_CHARACTERS)
    return text if len(text) >= MIN_TEXT_CHARACTERS else ""


def _is_furniture(line: str) -> bool:
    return len(line.split()) <= MAX_FURNITURE_WORDS and _FURNITURE.match(line) is not None


def _is_title(line: str, title: str) -> bool:
    """Whether a line repeats the title, perhaps without the site's name that follows it."""
    words = _WORD.findall(line.lower())
    return len(words) >= 3 and _WORD.findall(title.lower())[: len(words)] == words

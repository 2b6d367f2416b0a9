"""What an entry looks like to the duplicate finder: words, shingles, keys that copies share. Touches nothing."""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit
from zlib import crc32

from newsdesk.stories.text import is_figure, lead, tokenize
from newsdesk.stories.titles.cleaning import clean_title

# Shingles are runs of this many words.
SHINGLE_WORDS = 4
# A body of fewer words proves nothing: it is a caption, a score, a "read more".
MIN_BODY_WORDS = 20
# A title of fewer content words ("Introducing Foo") does not make two entries copies.
MIN_TITLE_WORDS = 5
# A text is read so far; what is equal for so long is a copy.
READ_WORDS = 600
# The smallest shingle hashes of a text are keys: at Jaccard .5 two texts share one of six with probability .97. Those
# of the first shingles are keys too, so that a cut text is found whatever stands before it (a dateline, a byline).
SHINGLE_KEYS = 6
LEAD_SHINGLES, LEAD_KEYS = 32, 6
# "BERGEN, Norway, May 4 (Tidewire) - ": set by the agency, cut by some of its customers.
_DATELINE = re.compile(
    r"^[A-Z][A-Z.' -]{2,30}(?:,\s[A-Z][\w.]+){0,2}(?:,?\s[A-Z][a-z]{2,8}\.?\s\d{1,2})?\s?(?:\([^()]{2,30}\))?"
    r"\s?[-;:]{1,2}\s"
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True)
class Print:
    """An entry as the duplicate finder sees it; `url` is the canonical one, `feed` and `publisher` any names.

    `is_link` tells that the entry only points at a page of another site (`copies.links_elsewhere`).
    """

    key: int
    feed: str
    publisher: str
    url: str
    title: str
    body: str
    seen_at: datetime
    is_link: bool = False

    @cached_property
    def title_terms(self) -> tuple[str, ...]:
        return tuple(tokenize(_folded(clean_title(self.title, self.publisher))))

    @cached_property
    def words(self) -> tuple[str, ...]:
        body = _folded(lead(self.body, READ_WORDS))
        words = tuple(tokenize(body))
        if len(words) < MIN_BODY_WORDS:
            return ()
        return tuple(tokenize(body[dateline.end() :])) if (dateline := _DATELINE.match(body)) else words

    @cached_property
    def run(self) -> tuple[int, ...]:
        """The shingles in the text's order."""
        words = self.words
        return tuple(
            crc32(" ".join(words[n : n + SHINGLE_WORDS]).encode()) for n in range(len(words) - SHINGLE_WORDS + 1)
        )

    @cached_property
    def shingles(self) -> frozenset[int]:
        return frozenset(self.run)

    @cached_property
    def figures(self) -> frozenset[str]:
        return frozenset(filter(is_figure, self.words))

    @cached_property
    def title_hash(self) -> str:
        """SHA-256 of the title's terms; empty for a title too short to tell copies by."""
        terms = self.title_terms
        specific = len({term for term in terms if not is_figure(term)}) >= MIN_TITLE_WORDS
        return _sha256(terms) if specific else ""

    @cached_property
    def body_hash(self) -> str:
        """SHA-256 of the body's terms; empty for a body too short to tell copies by."""
        return _sha256(self.words) if self.words else ""

    @cached_property
    def address(self) -> str:
        """The canonical URL, where it can be an article's and not a front page's."""
        parts = urlsplit(self.url)
        return self.url if parts.path.strip("/") or parts.query else ""

    def keys(self) -> list[int]:
        """63-bit keys, of which every copy shares at least one with its original."""
        names = [f"u {self.address}"] * bool(self.address)
        names += [f"t {self.title_hash}"] * bool(self.title_hash)
        if self.words:
            names.append(f"b {self.body_hash}")
            smallest = heapq.nsmallest(SHINGLE_KEYS, self.shingles)
            smallest += heapq.nsmallest(LEAD_KEYS, set(self.run[:LEAD_SHINGLES]))
            names += [f"s {value}" for value in dict.fromkeys(smallest)]
        return [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1 for name in names]


def _folded(text: str) -> str:
    """The text without accents, and initials without their points."""
    text = _INITIALS.sub(lambda match: match.group().replace(".", ""), text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _sha256(terms: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(terms).encode()).hexdigest()

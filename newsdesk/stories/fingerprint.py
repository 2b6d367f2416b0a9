"""Copies of a text: found by the keys they share, decided by comparing the texts. Touches nothing."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit
from zlib import crc32

from newsdesk.stories.text import clean_title, is_figure, lead, tokenize

# A copy is looked for among originals seen within this time of it.
COPY_WINDOW = timedelta(days=7)
# Shingles are runs of this many words; texts are near copies at this Jaccard similarity of their shingle sets,
# or when this share of the shorter one's stands in the longer one (a truncated copy).
SHINGLE_WORDS = 4
NEAR_JACCARD = 0.5
NEAR_CONTAINMENT = 0.8
# With equal titles less is enough: extraction cuts one page in different ways.
SAME_TITLE_CONTAINMENT = 0.3
# A body of fewer words proves nothing: it is a caption, a score, a "read more".
MIN_BODY_WORDS = 20
# A title of fewer content words ("Introducing Foo") does not make two entries copies.
MIN_TITLE_WORDS = 5
# A text of which less than this share of the title's words occurs in the other entry is boilerplate (a cookie wall).
MIN_TITLE_SUPPORT = 0.3
# A text is read so far; what is equal for so long is a copy.
READ_WORDS = 600
# The smallest shingle hashes of a text are keys: at Jaccard .5 two texts share one of six with probability .97.
SHINGLE_KEYS = 6
LEAD_KEY_WORDS = 12
# A key that so many originals have is boilerplate and finds nothing.
COMMON_KEY_ORIGINALS = 30


class Kind(StrEnum):
    """How an entry relates to the original that it copies; the values of `models.Fingerprint.Kind`."""

    ORIGINAL = "original"
    SAME_URL = "same_url"
    EXACT = "exact"
    NEAR = "near"


@dataclass(frozen=True)
class Print:
    """An entry as the duplicate finder sees it; `url` is the canonical one, `feed` and `publisher` any names."""

    key: int
    feed: str
    publisher: str
    url: str
    title: str
    body: str
    seen_at: datetime

    @cached_property
    def title_terms(self) -> tuple[str, ...]:
        return tuple(tokenize(clean_title(self.title, self.publisher)))

    @cached_property
    def words(self) -> tuple[str, ...]:
        words = tuple(tokenize(lead(self.body, READ_WORDS)))
        return words if len(words) >= MIN_BODY_WORDS else ()

    @cached_property
    def shingles(self) -> frozenset[int]:
        words = self.words
        return frozenset(
            crc32(" ".join(words[n : n + SHINGLE_WORDS]).encode()) for n in range(len(words) - SHINGLE_WORDS + 1)
        )

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
            names += [f"b {self.body_hash}", f"l {' '.join(self.words[:LEAD_KEY_WORDS])}"]
            names += [f"s {value}" for value in heapq.nsmallest(SHINGLE_KEYS, self.shingles)]
        return [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1 for name in names]


@dataclass(frozen=True, slots=True)
class Match:
    """The original that an entry copies, and how."""

    original: int
    kind: Kind


class Originals:
    """Originals by their keys: all that is needed to tell whether a new entry copies one."""

    def __init__(self) -> None:
        self._with_key: dict[int, list[Print]] = {}

    def add(self, original: Print, keys: Iterable[int]) -> None:
        """Take up an original under its keys."""
        for key in keys:
            self._with_key.setdefault(key, []).append(original)

    def place(self, new: Print) -> Match | None:
        """The original that an entry copies; with None it is an original itself and is taken up.

        The best kind of match wins, then the original seen first. Copies are never taken up, so they do not chain.
        """
        keys = new.keys()
        found: dict[int, Print] = {}
        for key in keys:
            originals = [
                original
                for original in self._with_key.get(key, [])
                if original.key != new.key and abs(new.seen_at - original.seen_at) <= COPY_WINDOW
            ]
            if len(originals) <= COMMON_KEY_ORIGINALS:
                found.update((original.key, original) for original in originals)
        matches = [
            (_ORDER.index(kind), original.seen_at, original.key, kind)
            for original in found.values()
            if (kind := copies(new, original)) is not None
        ]
        if matches:
            _, _, key, kind = min(matches)
            return Match(key, kind)
        self.add(new, keys)
        return None


_ORDER = (Kind.SAME_URL, Kind.EXACT, Kind.NEAR)


def copies(new: Print, original: Print) -> Kind | None:
    """How an entry copies an original; None where it does not.

    Within one feed only the same title with the same text or address is a copy: anything less is an update or a
    series. Across feeds a copy has the address, the text, nearly the text or a part of it; where one side has no
    text to compare, an equal and specific title decides.
    """
    same_title = new.title_terms == original.title_terms
    same_url = bool(new.address) and new.address == original.address
    same_body = bool(new.words) and new.words == original.words
    both_have_bodies = bool(new.words) and bool(original.words)
    if new.feed == original.feed:
        if same_title and same_url:
            return Kind.SAME_URL
        no_bodies = not new.words and not original.words
        return Kind.EXACT if same_title and new.title_hash and (same_body or no_bodies) else None
    if same_url:
        return Kind.SAME_URL
    if not both_have_bodies:
        return Kind.EXACT if same_title and new.title_hash else None
    if not (same_title or (_supports(new, original) and _supports(original, new))):
        return None
    if same_body:
        return Kind.EXACT
    common = len(new.shingles & original.shingles)
    contained = common / min(len(new.shingles), len(original.shingles))
    jaccard = common / (len(new.shingles) + len(original.shingles) - common)
    enough = SAME_TITLE_CONTAINMENT if same_title else NEAR_CONTAINMENT
    return Kind.NEAR if contained >= enough or jaccard >= NEAR_JACCARD else None


def _supports(one: Print, other: Print) -> bool:
    terms = set(one.title_terms)
    return len(terms & {*other.title_terms, *other.words}) >= MIN_TITLE_SUPPORT * len(terms)


def _sha256(terms: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(terms).encode()).hexdigest()

"""Copies of a text: found by the keys they share, decided by comparing the texts. Touches nothing."""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit
from zlib import crc32

from feeds.urls import host_of, site_of
from newsdesk.stories.text import clean_title, is_figure, lead, tokenize

# A copy is looked for among originals seen within this time of it; within one publisher, where columns return under
# their titles, an equal title alone proves a copy only within the shorter time.
COPY_WINDOW = timedelta(days=7)
TITLE_WINDOW = timedelta(hours=48)
# Shingles are runs of this many words. Texts are near copies when this share of the shorter one's stands in the longer
# one (a truncated copy), or the lower share if it is spread: in every third of the shorter text so many at least.
# Ten words in a hundred edited leave two thirds; a quotation or a letter's opening fills one third.
SHINGLE_WORDS = 4
NEAR_CONTAINMENT = 0.8
SPREAD_CONTAINMENT = 0.4
THIRD_CONTAINMENT = 0.15
# With equal titles less is enough: extraction cuts one page in different ways.
SAME_TITLE_CONTAINMENT = 0.3
# Texts that share their words but not this share of the shorter one's figures are filled from one template.
MIN_FIGURES, SAME_FIGURES = 4, 0.5
# A text that fills less than this share of another is a part cut off at the top, or one quotes the other: what they
# share begins within so many words of the longer one.
PART_SHARE, PART_BEGINS_WORDS = 0.5, 60
# A body of fewer words proves nothing: it is a caption, a score, a "read more".
MIN_BODY_WORDS = 20
# A title of fewer content words ("Introducing Foo") does not make two entries copies.
MIN_TITLE_WORDS = 5
# A text of which less than this share of the title's words occurs in the other entry is boilerplate (a cookie wall).
# Within one publisher, whose letters open alike, the words count by which the titles differ.
MIN_TITLE_SUPPORT = 0.3
# A text is read so far; what is equal for so long is a copy.
READ_WORDS = 600
# The smallest shingle hashes of a text are keys: at Jaccard .5 two texts share one of six with probability .97. Those of
# the first shingles are keys too, so that a cut text is found whatever stands before it (a dateline, a byline).
SHINGLE_KEYS = 6
LEAD_SHINGLES, LEAD_KEYS = 32, 4
# A key that so many originals have is boilerplate and finds nothing.
COMMON_KEY_ORIGINALS = 30

# "BERGEN, Norway, May 4 (Tidewire) - ": set by the agency, cut by some of its customers.
_DATELINE = re.compile(
    r"^[A-Z][A-Z.' -]{2,30}(?:,\s[A-Z][\w.]+){0,2}(?:,?\s[A-Z][a-z]{2,8}\.?\s\d{1,2})?\s?(?:\([^()]{2,30}\))?(?:\s?[-;:]{1,2})\s"
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_ACCENTS = re.compile("[\u0300-\u036f]")


class Kind(StrEnum):
    """How an entry relates to the original that it copies; the values of `models.Fingerprint.Kind`."""

    ORIGINAL = "original"
    SAME_URL = "same_url"
    EXACT = "exact"
    NEAR = "near"


@dataclass(frozen=True)
class Print:
    """An entry as the duplicate finder sees it; `url` is the canonical one, `feed` and `publisher` any names.

    `is_link` tells that the entry only points at a page of another site (`links_elsewhere`).
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


@dataclass(frozen=True, slots=True)
class Match:
    """The original that an entry copies, and how."""

    original: int
    kind: Kind


class Originals:
    """Originals by their keys: all that is needed to tell whether a new entry copies one.

    Those of which only keys and times are known (`note`) must be taken up (`add`) before an entry is placed that
    `candidates` names them for.
    """

    def __init__(self) -> None:
        self._with_key: dict[int, dict[int, datetime]] = {}
        self._prints: dict[int, Print] = {}

    def note(self, original: int, seen_at: datetime, key: int) -> None:
        """Know that an original has a key."""
        self._with_key.setdefault(key, {})[original] = seen_at

    def add(self, original: Print, keys: Iterable[int] = ()) -> None:
        """Take up an original under its keys."""
        self._prints[original.key] = original
        for key in keys:
            self.note(original.key, original.seen_at, key)

    def candidates(self, new: Print, keys: Iterable[int]) -> set[int]:
        """The originals seen near an entry that share a key with it which is no boilerplate."""
        found: set[int] = set()
        for key in keys:
            originals = [
                original
                for original, seen_at in self._with_key.get(key, {}).items()
                if original != new.key and abs(new.seen_at - seen_at) <= COPY_WINDOW
            ]
            if len(originals) <= COMMON_KEY_ORIGINALS:
                found.update(originals)
        return found

    def place(self, new: Print, keys: Iterable[int] | None = None) -> Match | None:
        """The original that an entry copies; with None it is an original itself and is taken up.

        The best kind of match wins, then the original seen first. Copies are never taken up, so they do not chain.
        """
        keys = new.keys() if keys is None else list(keys)
        matches = [
            (_ORDER.index(kind), original.seen_at, original.key, kind)
            for original in (self._prints[key] for key in self.candidates(new, keys))
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
    if new.feed == original.feed:
        if same_title and same_url:
            return Kind.SAME_URL
        if new.words or original.words:
            return Kind.EXACT if same_title and new.title_hash and new.words == original.words else None
        return Kind.EXACT if same_title and _title_proves(new, original) else None
    if same_url:
        return Kind.SAME_URL
    if not (new.words and original.words):
        return Kind.EXACT if same_title and _title_proves(new, original) else None
    if not (same_title or (_supports(new, original) and _supports(original, new))):
        return None
    if new.words == original.words:
        return Kind.EXACT
    return Kind.NEAR if _shares_text(new, original, same_title=same_title) else None


def links_elsewhere(feed: str, source: str, url: str) -> bool:
    """Whether an entry at an address belongs to another site than the feed that brings it: a submitted link.

    `source` is the feed's name, which speaks for a feed that is served from elsewhere.
    """
    site = site_of(host_of(url))
    letters = _NOT_LETTERS.sub("", source.lower()).removeprefix("the")
    return bool(site) and site != site_of(host_of(feed)) and not (letters and letters in _NOT_LETTERS.sub("", site))


_NOT_LETTERS = re.compile(r"[\W_]+")


def _title_proves(new: Print, original: Print) -> bool:
    """Whether an equal title is enough: it is specific, and neither a column's nor that of two links to two sites."""
    if not new.title_hash:
        return False
    sites = {site_of(host_of(one.url)) for one in (new, original)}
    if len(sites) > 1 and (new.feed == original.feed or (new.is_link and original.is_link)):
        return False
    if new.publisher == original.publisher:
        return abs(new.seen_at - original.seen_at) <= TITLE_WINDOW
    return True


def _shares_text(one: Print, other: Print, *, same_title: bool) -> bool:
    shorter, longer = sorted((one, other), key=lambda print_: (len(print_.shingles), print_.key))
    if len(shorter.figures) >= MIN_FIGURES:
        if len(shorter.figures & longer.figures) < SAME_FIGURES * len(shorter.figures):
            return False
    common = shorter.shingles & longer.shingles
    if len(shorter.run) < PART_SHARE * len(longer.run) and common.isdisjoint(longer.run[:PART_BEGINS_WORDS]):
        return False
    contained = len(common) / len(shorter.shingles)
    if contained >= (SAME_TITLE_CONTAINMENT if same_title else NEAR_CONTAINMENT):
        return True
    if contained < SPREAD_CONTAINMENT:
        return False
    size = len(shorter.run) // 3
    thirds = (shorter.run[:size], shorter.run[size:-size], shorter.run[-size:])
    return all(
        sum(shingle in longer.shingles for shingle in third) >= THIRD_CONTAINMENT * len(third) for third in thirds
    )


def _supports(one: Print, other: Print) -> bool:
    """Whether the other entry tells what the title of the one says."""
    terms, told = {*one.title_terms}, {*other.words}
    if one.publisher == other.publisher:
        terms -= {*other.title_terms}
    else:
        told |= {*other.title_terms}
    return len(terms & told) >= MIN_TITLE_SUPPORT * len(terms)


def _folded(text: str) -> str:
    """The text without accents, and initials without their points."""
    text = _INITIALS.sub(lambda match: match.group().replace(".", ""), text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _sha256(terms: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(terms).encode()).hexdigest()

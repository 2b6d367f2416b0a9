"""Which entries are in the language that digests are told in."""

from __future__ import annotations

from newsdesk.digests.prose.terms import (
    is_english,
    is_latin,
)
from newsdesk.stories.read import EntryView


def speaks_english(entry: EntryView) -> bool:
    """Whether an entry can be quoted in an English digest: by its declared language, its title's script, its body."""
    declared = not entry.language or entry.language.lower().startswith("en")
    body = entry.text.partition("\n\n")[2][:1000]
    return declared and is_latin(entry.title) and (not body or is_english(body))

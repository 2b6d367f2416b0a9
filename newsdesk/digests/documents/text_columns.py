"""Plain text in columns: what the text export and the text part of a mail are set with. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from newsdesk.digests.documents.readable import Line, Source

WIDTH_COLUMNS = 72


def wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most 72 columns, save for longer words; `first` and `rest` are the lines' indents."""
    return textwrap.wrap(
        text,
        WIDTH_COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def heading(title: str) -> list[str]:
    """A section's title, underlined, with an empty line on both sides."""
    return ["", title, "-" * len(title), ""]


def said(line: Line) -> str:
    """A sentence with its citation marks."""
    return f"{line.text} {'(analysis) ' if line.is_analysis else ''}{line.marks}".rstrip()


def told_by(line: Line) -> str:
    """A sentence after the names of those whose account it is."""
    return f"{', '.join(line.outlets)}: {said(line)}"


def source_lines(source: Source) -> Iterator[str]:
    """A numbered source, its address unbroken on a line of its own."""
    yield from wrapped(f"[{source.number}] {source.publisher}: {source.title} ({source.note})", "", "     ")
    if source.url:
        yield f"     {source.url}"

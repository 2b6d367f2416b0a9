"""The digest as plain text, 72 columns wide, with numbered sources. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from newsdesk.digests.documents.readable import Readable, ReadItem
from newsdesk.digests.documents.reading import as_readable
from newsdesk.digests.documents.text_columns import WIDTH_COLUMNS, heading, said, source_lines, told_by, wrapped
from newsdesk.digests.shape import Document, Role


def as_text(document: Document) -> str:
    """The whole document as text, equal in substance to the page; ends in a newline."""
    return "\n".join(_lines(as_readable(document))) + "\n"


def _lines(page: Readable) -> Iterator[str]:
    document = page.document
    manifest = document["manifest"]
    number = f"No. {manifest['number']}, " if manifest["number"] else "Preview, "
    yield from wrapped(f"{manifest['edition_title']}, {number}{page.day:%A %-d %B %Y}")
    yield "=" * WIDTH_COLUMNS
    yield ""
    yield from wrapped(document["title"])
    if document["dek"]:
        yield ""
        yield from wrapped(document["dek"])
    yield ""
    yield from wrapped(page.coverage)
    for title, items in (("THE LEAD", page.lead), ("OTHER BIG STORIES", page.big)):
        if items:
            yield from heading(title)
            for item in items:
                yield from _story(item)
    if page.short:
        yield from heading("IN SHORT")
        for theme, items in page.short:
            yield theme
            for item in items:
                named = f"{item.headline} ({item.outlets}) {item.marks}"
                yield from wrapped(". ".join([named, *map(str, item.labels)]), "  - ", "    ")
            yield ""
    yield from _pattern(page)
    if page.watch:
        yield from heading("WHAT TO WATCH")
        for line in page.watch:
            yield from wrapped(said(line), "  - ", "    ")
        yield ""
    yield from _foot(page)


def _story(item: ReadItem) -> Iterator[str]:
    yield from wrapped(f"{item.headline} [{item.theme}]")
    for label in item.labels:
        yield from wrapped(label.words, "  ", "  ")
    yield ""
    yield from wrapped(" ".join(said(line) for line in item.says), "  ", "  ")
    if item.disagreements:
        yield ""
        yield f"  {Role.CONFLICT.label}:"
        for line in item.disagreements:
            yield from wrapped(told_by(line), "  - ", "    ")
    if item.reasons:
        yield ""
        yield from wrapped(f"{Role.WHY.label}: " + " ".join(said(line) for line in item.reasons), "  ", "  ")
    yield ""
    yield from wrapped(f"From {item.outlets}", "  ", "  ")
    yield from wrapped(item.origins, "  ", "  ")
    yield ""


def _pattern(page: Readable) -> Iterator[str]:
    if not page.pattern:
        return
    yield from heading("THE PATTERN (analysis)")
    for thesis in page.pattern:
        yield from wrapped(thesis.text, "  - ", "    ")
        yield from wrapped(f"Against it: {thesis.counter}", "    ", "    ")
        yield from wrapped(f"Rests on: {thesis.rests_on}", "    ", "    ")
    yield ""


def _foot(page: Readable) -> Iterator[str]:
    yield from heading("SOURCES")
    for source in page.sources:
        yield from source_lines(source)
    yield ""
    for correction in page.corrections:
        yield from wrapped(f"Correction, {correction.when}: {correction.text}")
        yield ""
    yield from wrapped(f"Covers what was {page.covers}. {page.made}")

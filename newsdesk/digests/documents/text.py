"""The digest as plain text, 72 columns wide, with numbered sources. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from newsdesk.digests.documents.readable import Line, Readable, Told, arrange, rests_on, stamp
from newsdesk.digests.shape import Document

WIDTH_COLUMNS = 72


def as_text(document: Document) -> str:
    """The whole document as text, equal in substance to the page; ends in a newline."""
    return "\n".join(_lines(arrange(document))) + "\n"


def _lines(page: Readable) -> Iterator[str]:
    document = page.document
    manifest = document["manifest"]
    number = f"No. {manifest['number']}, " if manifest["number"] else "Preview, "
    yield from _wrapped(f"{manifest['edition_title']}, {number}{page.day:%A %-d %B %Y}")
    yield "=" * WIDTH_COLUMNS
    yield ""
    yield from _wrapped(document["title"])
    if document["dek"]:
        yield ""
        yield from _wrapped(document["dek"])
    yield ""
    yield from _wrapped(page.coverage)
    for title, told in (("LEAD STORY", page.lead), ("OTHER BIG STORIES", page.big)):
        if told:
            yield from _section(title)
            for item in told:
                yield from _story(item)
    if page.short:
        yield from _section("IN SHORT")
        for theme, items in page.short:
            yield theme
            for item in items:
                said = f"{item.headline} ({item.outlets}) {item.marks}"
                yield from _wrapped(". ".join([said, *item.labels]), "  - ", "    ")
            yield ""
    yield from _pattern(document)
    if page.watch:
        yield from _section("WHAT TO WATCH")
        for line in page.watch:
            yield from _wrapped(_said(line), "  - ", "    ")
        yield ""
    yield from _foot(page)


def _story(item: Told) -> Iterator[str]:
    yield from _wrapped(f"{item.headline} [{item.theme}]")
    for label in item.labels:
        yield from _wrapped(label, "  ", "  ")
    yield ""
    yield from _wrapped(" ".join(_said(line) for line in item.says), "  ", "  ")
    if item.disagreements:
        yield ""
        yield "  Sources disagree:"
        for line in item.disagreements:
            yield from _wrapped(f"{', '.join(line.outlets)}: {_said(line)}", "  - ", "    ")
    if item.reasons:
        yield ""
        yield from _wrapped("Why it matters: " + " ".join(_said(line) for line in item.reasons), "  ", "  ")
    yield ""
    yield from _wrapped(f"Sources: {item.outlets}", "  ", "  ")
    yield ""


def _pattern(document: Document) -> Iterator[str]:
    if not document["pattern"]:
        return
    yield from _section("PATTERN")
    for thesis in document["pattern"]:
        yield from _wrapped(thesis["text"], "  - ", "    ")
        yield from _wrapped(f"But: {thesis['counter']}", "    ", "    ")
        yield from _wrapped(f"Rests on: {rests_on(thesis, document)}", "    ", "    ")
    yield ""


def _foot(page: Readable) -> Iterator[str]:
    document = page.document
    yield from _section("SOURCES")
    for source in page.sources:
        when = stamp(source["published"]) if source["published"] else f"seen {stamp(source['seen'])}"
        paywall = ", paywall" if source["has_paywall"] else ""
        yield from _wrapped(
            f"[{source['number']}] {source['publisher']}: {source['title']} ({when}{paywall})", "", "     "
        )
        if source["url"]:
            yield f"     {source['url']}"
    yield ""
    for correction in document["corrections"]:
        yield from _wrapped(f"Correction, {stamp(correction['made_at'])}: {correction['text']}")
        yield ""
    yield from _wrapped(
        f"Covers what was first seen from {stamp(document['window']['from'])} to {stamp(document['window']['to'])}. "
        f"{page.made}"
    )


def _section(title: str) -> list[str]:
    return ["", title, "-" * len(title), ""]


def _said(line: Line) -> str:
    return f"{line.text} {'(analysis) ' if line.is_analysis else ''}{line.marks}".rstrip()


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH_COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

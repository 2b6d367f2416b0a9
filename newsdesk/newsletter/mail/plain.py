"""A mail's text part, 72 columns wide, in the form of the digest's text export. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from newsdesk.digests.documents.readable import Line, Told
from newsdesk.newsletter.mail.arrange import SAMPLE_WARNING, Issue

WIDTH_COLUMNS = 72


def as_plain(issue: Issue, foot: tuple[str, ...]) -> str:
    """The issue as text, with the lines of the foot as they are at its end; ends in a newline."""
    return "\n".join([*_lines(issue), "", "-" * WIDTH_COLUMNS, "", *foot]) + "\n"


def wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most 72 columns, save for longer words."""
    return textwrap.wrap(
        text,
        WIDTH_COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(issue: Issue) -> Iterator[str]:
    if issue.is_sample:
        yield from [*wrapped(f"SAMPLE. {SAMPLE_WARNING}"), ""]
    yield from [*wrapped(issue.name), "=" * WIDTH_COLUMNS, "", *wrapped(issue.title), ""]
    if issue.dek:
        yield from [*wrapped(issue.dek), ""]
    yield from wrapped(issue.counts)
    for item in issue.page.lead:
        yield from _section(f"THE LEAD [{item.theme}]")
        if not issue.title_is_lead:
            yield from [*wrapped(item.headline), ""]
        yield from _story(item)
    if issue.page.big:
        yield from _section("OTHER BIG STORIES")
        for item in issue.page.big:
            yield from [*wrapped(f"{item.headline} [{item.theme}]"), "", *_story(item)]
    yield from _short(issue)
    if issue.pattern:
        yield from _section("THE PATTERN (analysis)")
        for thesis in issue.pattern:
            yield from wrapped(thesis.text, "  - ", "    ")
            yield from wrapped(f"Against it: {thesis.counter}", "    ", "    ")
            yield from wrapped(f"Rests on: {thesis.rests_on}", "    ", "    ")
    if issue.watch:
        yield from _section("WHAT TO WATCH")
        for watched in issue.watch:
            when = f"{watched.when}: " if watched.when else ""
            yield from wrapped(f"{when}{_said(watched.line)}", "  - ", "    ")
            yield from wrapped(watched.about, "    ", "    ")
    yield from _end(issue)


def _short(issue: Issue) -> Iterator[str]:
    if issue.page.short or issue.more:
        yield from _section("IN SHORT")
    for theme, items in issue.page.short:
        yield theme
        for item in items:
            told = f"{item.headline} {item.marks} ({item.outlets})"
            yield from wrapped(". ".join([told, *item.labels]), "  - ", "    ")
        yield ""
    if issue.more:
        yield from [f"{issue.more_words}:", issue.url, ""]


def _story(item: Told) -> Iterator[str]:
    for label in item.labels:
        yield from wrapped(label, "  ", "  ")
    yield from [*wrapped(" ".join(_said(line) for line in item.says), "  ", "  "), ""]
    if item.disagreements:
        yield "  Accounts differ:"
        for line in item.disagreements:
            yield from wrapped(f"{', '.join(line.outlets)}: {_said(line)}", "  - ", "    ")
        yield ""
    if len(item.reasons) == 1:
        yield from [*wrapped(f"Why it matters: {_said(item.reasons[0])}", "  ", "  "), ""]
    elif item.reasons:
        yield "  Why it matters:"
        for line in item.reasons:
            yield from wrapped(_said(line), "  - ", "    ")
        yield ""
    yield from [*wrapped(f"From {item.outlets}", "  ", "  "), ""]


def _end(issue: Issue) -> Iterator[str]:
    if issue.sources:
        yield from _section("SOURCES")
    for source in issue.sources:
        yield from wrapped(f"[{source.number}] {source.publisher}: {source.title} ({source.note})", "", "     ")
        if source.url:
            yield f"     {source.url}"
    if issue.corrections:
        yield from _section("CORRECTIONS")
        for correction in issue.corrections:
            yield from wrapped(correction, "  - ", "    ")
    yield from [*_section("HOW THIS WAS MADE"), *wrapped(issue.made)]


def _section(title: str) -> list[str]:
    return ["", title, "-" * len(title), ""]


def _said(line: Line) -> str:
    return f"{line.text} {'(analysis) ' if line.is_analysis else ''}{line.marks}".rstrip()

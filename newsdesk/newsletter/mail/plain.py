"""A mail's text part, 72 columns wide, in the form of the digest's text export. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from newsdesk.digests.documents.readable import MADE_TITLE, ReadItem
from newsdesk.digests.documents.text_columns import WIDTH_COLUMNS, heading, said, source_lines, told_by, wrapped
from newsdesk.digests.shape import Role
from newsdesk.newsletter.mail.arrange import SAMPLE_WARNING, Issue


def as_plain(issue: Issue, foot: tuple[str, ...]) -> str:
    """The issue as text, with the lines of the foot as they are at its end; ends in a newline."""
    return "\n".join([*_lines(issue), "", "-" * WIDTH_COLUMNS, "", *foot]) + "\n"


def _lines(issue: Issue) -> Iterator[str]:
    if issue.is_sample:
        yield from [*wrapped(f"SAMPLE. {SAMPLE_WARNING}"), ""]
    yield from [*wrapped(issue.name), "=" * WIDTH_COLUMNS, "", *wrapped(issue.title), ""]
    if issue.dek:
        yield from [*wrapped(issue.dek), ""]
    yield from wrapped(issue.counts)
    for item in issue.page.lead:
        yield from heading(f"THE LEAD [{item.theme}]")
        if not issue.title_is_lead:
            yield from [*wrapped(item.headline), ""]
        yield from _story(item)
    if issue.page.big:
        yield from heading("OTHER BIG STORIES")
        for item in issue.page.big:
            yield from [*wrapped(f"{item.headline} [{item.theme}]"), "", *_story(item)]
    yield from _short(issue)
    if issue.pattern:
        yield from heading("THE PATTERN (analysis)")
        for thesis in issue.pattern:
            yield from wrapped(thesis.text, "  - ", "    ")
            yield from wrapped(f"Against it: {thesis.counter}", "    ", "    ")
            yield from wrapped(f"Rests on: {thesis.rests_on}", "    ", "    ")
    if issue.watch:
        yield from heading("WHAT TO WATCH")
        for watched in issue.watch:
            when = f"{watched.when}: " if watched.when else ""
            yield from wrapped(f"{when}{said(watched.line)}", "  - ", "    ")
            yield from wrapped(watched.about, "    ", "    ")
    yield from _end(issue)


def _short(issue: Issue) -> Iterator[str]:
    if issue.page.short or issue.more:
        yield from heading("IN SHORT")
    for theme, items in issue.page.short:
        yield theme
        for item in items:
            named = f"{item.headline} {item.marks} ({item.outlets})"
            yield from wrapped(". ".join([named, *map(str, item.labels)]), "  - ", "    ")
        yield ""
    if issue.more:
        yield from [f"{issue.more_words}:", issue.url, ""]


def _story(item: ReadItem) -> Iterator[str]:
    for label in item.labels:
        yield from wrapped(label.words, "  ", "  ")
    yield from [*wrapped(" ".join(said(line) for line in item.says), "  ", "  "), ""]
    if item.disagreements:
        yield f"  {Role.CONFLICT.label}:"
        for line in item.disagreements:
            yield from wrapped(told_by(line), "  - ", "    ")
        yield ""
    if len(item.reasons) == 1:
        yield from [*wrapped(f"{Role.WHY.label}: {said(item.reasons[0])}", "  ", "  "), ""]
    elif item.reasons:
        yield f"  {Role.WHY.label}:"
        for line in item.reasons:
            yield from wrapped(said(line), "  - ", "    ")
        yield ""
    yield from [*wrapped(f"From {item.outlets}", "  ", "  "), *wrapped(item.origins, "  ", "  "), ""]


def _end(issue: Issue) -> Iterator[str]:
    if issue.sources:
        yield from heading("SOURCES")
    for source in issue.sources:
        yield from source_lines(source)
    if issue.corrections:
        yield from heading("CORRECTIONS")
        for correction in issue.corrections:
            yield from wrapped(correction, "  - ", "    ")
    yield from [*heading(MADE_TITLE.upper()), *wrapped(issue.made)]

"""From a digest's document to its page: where each source is cited, and which sentences stand together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from newsdesk.digests.documents.readable import Line, ReadItem
from newsdesk.digests.documents.reading import as_readable, made_words
from newsdesk.digests.shape import Document, Role, Writer
from newsdesk.site.page import DigestPage, Later, Mark, Passage, PlacedStory, Sentence, Watched

# Behind a sentence that is not a source's own.
WRITERS_MARKS: dict[str, str] = {Writer.MODEL: "°", Writer.EDITOR: "†"}
NOTHING_LATER: Mapping[int, Sequence[Later]] = {}
LABELLED = (Role.WHY, Role.CONFLICT)

# The anchors that were given to the marks of each number.
Anchors = dict[int, list[str]]


def read_page(document: Document, later: Mapping[int, Sequence[Later]] = NOTHING_LATER) -> DigestPage:
    """What the page of this document (`schema/digest-1.json`) shows; `later` became of its items, by position."""
    readable = as_readable(document)
    anchors: Anchors = defaultdict(list)
    stories = tuple(_placed(item, anchors, later.get(item.position, ())) for item in readable.items)
    manifest = document["manifest"]
    return DigestPage(
        edition=document["edition"],
        date=readable.day,
        title=document["title"],
        dek=document["dek"],
        title_is_lead=readable.title_is_lead,
        number=manifest["number"],
        window_from=readable.window_from,
        window_to=readable.window_to,
        published_at=datetime.fromisoformat(manifest["published_at"]) if manifest["published_at"] else None,
        coverage=document["coverage"],
        stories=stories,
        pattern=readable.pattern,
        watch=tuple(
            Watched(_sentence(watched.line, anchors), watched.when, watched.date, watched.owner, watched.story)
            for watched in readable.watched
        ),
        corrections=readable.corrections,
        made=made_words(document, WRITERS_MARKS),
    )


def _placed(item: ReadItem, anchors: Anchors, later: Sequence[Later]) -> PlacedStory:
    return PlacedStory(
        position=item.position,
        section=item.section,
        public_id=item.public_id,
        headline=item.headline,
        theme=item.theme_slug,
        passages=passages_of(item.lines, anchors),
        sources=item.sources,
        labels=item.labels,
        why=item.why,
        later=tuple(later),
        origins=item.origins,
    )


def passages_of(lines: Iterable[Line], anchors: Anchors) -> tuple[Passage, ...]:
    """The sentences in their order, neighbours under one label and of one kind together.

    `anchors` takes note of those that are given to the sentences' marks.
    """

    def key(line: Line) -> tuple[str, bool]:
        return Role(line.role).label if line.role in LABELLED else "", line.is_analysis

    return tuple(
        Passage(label, is_analysis, tuple(_sentence(line, anchors) for line in group))
        for (label, is_analysis), group in groupby(lines, key=key)
    )


def _sentence(line: Line, anchors: Anchors) -> Sentence:
    marks = []
    for citation in line.citations:
        given = anchors[citation.number]
        given.append(f"cite-{citation.number}-{len(given) + 1}")
        marks.append(Mark(citation.number, given[-1], citation.publisher))
    return Sentence(line.text, line.written_by, tuple(marks))

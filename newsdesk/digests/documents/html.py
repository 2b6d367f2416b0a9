"""The digest as one self-contained HTML file: no script, no request to anybody."""

from __future__ import annotations

from django.template.loader import render_to_string

from newsdesk.digests.documents.document import CitedJson
from newsdesk.digests.documents.readable import arrange, rests_on, stamp
from newsdesk.digests.shape import Document


def as_html(document: Document) -> str:
    """The whole document as a page with its styles inside."""
    pattern = [{**thesis, "rests_on": rests_on(thesis, document)} for thesis in document["pattern"]]
    sources = [
        {**source, "when": stamp(source["published"] or source["seen"]), "is_seen": not source["published"]}
        for source in document_sources(document)
    ]
    corrections = [{**correction, "when": stamp(correction["made_at"])} for correction in document["corrections"]]
    context = {
        "page": arrange(document),
        "pattern": pattern,
        "sources": sources,
        "corrections": corrections,
        "window_from": stamp(document["window"]["from"]),
        "window_to": stamp(document["window"]["to"]),
    }
    return render_to_string("digests/export.html", context)


def document_sources(document: Document) -> tuple[CitedJson, ...]:
    """The cited sources, numbered; a source's link only where it leads to the web."""
    return tuple(
        {**source, "url": source["url"] if source["url"].startswith(("https://", "http://")) else ""}
        for source in arrange(document).sources
    )

"""The digest as one self-contained HTML file: no script, no request to anybody."""

from __future__ import annotations

from dataclasses import replace

from django.template.loader import render_to_string

from feeds.urls import web_address
from newsdesk.digests.documents.readable import Source, stamp
from newsdesk.digests.documents.reading import as_readable
from newsdesk.digests.shape import Document


def as_html(document: Document) -> str:
    """The whole document as a page with its styles inside."""
    page = as_readable(document)
    context = {
        "page": page,
        "pattern": page.pattern,
        "sources": [_linked(source) for source in page.sources],
        "corrections": page.corrections,
        "window_from": stamp(page.window_from),
        "window_to": stamp(page.window_to),
    }
    return render_to_string("digests/export.html", context)


def _linked(source: Source) -> Source:
    """The source; its link only where it leads to the web."""
    return replace(source, url=web_address(source.url))

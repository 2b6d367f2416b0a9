"""The sample's feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 documents, as bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.sax.saxutils import escape as escape_text
from xml.sax.saxutils import quoteattr

from newsdesk.sample.render import Rendered
from newsdesk.sample.world import Outlet

NOTE = "An invented outlet of the Newsdesk sample."
CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def feed_document(outlet: Outlet, items: Sequence[Rendered], home: str, updated_at: datetime) -> bytes:
    """The feed of `outlet` in its own format, `items` in the order given, `home` the address of its front page."""
    write = {"rss": _rss, "atom": _atom, "json": _json}[outlet.format]
    return write(outlet, items, home, updated_at).encode()


def _description(item: Rendered) -> str:
    """The HTML of an RSS description; outlets that cut their articles short add a line with a link, as many do."""
    if not item.summary:
        return ""
    text = escape(item.summary, quote=False)
    if item.outlet.carries != "cut":
        return text
    link = f'<a href="{escape(item.link)}">{escape(item.title, quote=False)}</a>'
    return f"<p>{text}</p>\n<p>The post {link} appeared first on {escape(item.outlet.name)}.</p>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape_text(text)}</{name}>" if text else ""


def _rss(outlet: Outlet, items: Sequence[Rendered], home: str, updated_at: datetime) -> str:
    entries = "".join(
        "<item>"
        + _element("title", item.title)
        + _element("link", item.link)
        + _element("dc:creator", item.author)
        + (_element("pubDate", format_datetime(item.published_at)) if item.published_at else "")
        + f'<guid isPermaLink="false">{escape_text(item.item.guid)}</guid>'
        + _element("description", _description(item))
        + (_element("content:encoded", item.body_html) if outlet.carries == "full" else "")
        + "</item>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>'
        + _element("title", outlet.name)
        + _element("link", home)
        + f'<atom:link href={quoteattr(home + outlet.feed_file)} rel="self" type="application/rss+xml"/>'
        + _element("description", f"{outlet.tagline}. {NOTE}")
        + _element("language", outlet.language)
        + _element("lastBuildDate", format_datetime(updated_at))
        + f"\n{entries}</channel>\n</rss>\n"
    )


def _atom(outlet: Outlet, items: Sequence[Rendered], home: str, updated_at: datetime) -> str:
    entries = "".join(
        "<entry>"
        + _element("id", item.item.guid)
        + _element("title", item.title)
        + f'<link rel="alternate" type="text/html" href={quoteattr(item.link)}/>'
        + _element("published", item.placed_at.isoformat())
        + _element("updated", item.placed_at.isoformat())
        + f"<author>{_element('name', item.author or outlet.name)}</author>"
        + _element("summary", item.summary)
        + (f'<content type="html">{escape_text(item.body_html)}</content>' if outlet.carries == "full" else "")
        + "</entry>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(outlet.language)}>'
        + _element("id", f"tag:{outlet.domain},2019:feed")
        + _element("title", outlet.name)
        + _element("subtitle", f"{outlet.tagline}. {NOTE}")
        + f'<link rel="alternate" href={quoteattr(home)}/><link rel="self" href={quoteattr(home + outlet.feed_file)}/>'
        + _element("updated", updated_at.isoformat())
        + f"\n{entries}</feed>\n"
    )


def _json(outlet: Outlet, items: Sequence[Rendered], home: str, _updated_at: datetime) -> str:
    def entry(item: Rendered) -> dict[str, Any]:
        content = {"content_html": item.body_html} if outlet.carries == "full" else {"content_text": item.summary}
        dates = {"date_published": item.published_at.isoformat()} if item.published_at else {}
        authors = {"authors": [{"name": item.author}]} if item.author else {}
        return {
            "id": item.item.guid,
            "url": item.link,
            "title": item.title,
            "summary": item.summary,
            **content,
            **dates,
            **authors,
        }

    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": home,
        "feed_url": home + outlet.feed_file,
        "description": f"{outlet.tagline}. {NOTE}",
        "language": outlet.language,
        "items": [entry(item) for item in items],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)

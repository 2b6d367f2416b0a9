"""Subscription lists in OPML 2.0: read with nothing resolved, written from the feeds we have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree
from xml.parsers import expat

from django.db import transaction

from feeds.catalogue.subscribe import add_feed
from feeds.models import RECORDING_SCHEME, Feed
from feeds.scrub import scrub
from feeds.urls import http_url

MAX_OPML_BYTES = 20_000_000


class BadOpml(ValueError):
    """A file that is no subscription list; the message says why."""


@dataclass(frozen=True)
class Outline:
    """A feed that an OPML file names, as it stands there."""

    xml_url: str
    title: str
    html_url: str


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: the addresses added, known already, and refused."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[str, ...]


def read_opml(document: bytes) -> list[Outline]:
    """Every outline with an `xmlUrl`, however deeply nested; a document type or entities are refused unread.

    Raises: BadOpml.
    """
    if len(document) > MAX_OPML_BYTES:
        raise BadOpml(f"the file is larger than {MAX_OPML_BYTES // 1_000_000} MB.")
    outlines: list[Outline] = []
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append(name.lower())
        values = {key.lower(): value for key, value in attributes.items()}
        if name.lower() == "outline" and values.get("xmlurl", "").strip():
            title = values.get("title") or values.get("text") or ""
            outlines.append(Outline(values["xmlurl"].strip(), scrub(title, 500), values.get("htmlurl", "")))

    def refuse(*_: object) -> None:
        raise BadOpml("it declares a document type, which a subscription list has no need of.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise BadOpml(f"it is broken XML: {error}.") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, BadOpml):
            raise
        raise BadOpml(f"its encoding cannot be read: {error}.") from error
    if roots != ["opml"]:
        raise BadOpml(f"it is XML, but not OPML: it starts with <{roots[0]}>.")
    return outlines


def import_outlines(outlines: Iterable[Outline], *, now: datetime, dry_run: bool = False) -> Imported:
    """Add the feeds that are not there yet, unread: their first poll will tell. Only http and https are taken."""
    added, known, refused = [], [], []
    have = set(Feed.objects.values_list("url", flat=True))
    with transaction.atomic():
        for outline in outlines:
            url = http_url(outline.xml_url)
            if not url:
                refused.append(outline.xml_url)
            elif url in have:
                known.append(url)
            else:
                have.add(url)
                added.append(url)
                if not dry_run:
                    add_feed(url, now=now, title=outline.title, site_url=http_url(outline.html_url))
    return Imported(tuple(added), tuple(known), tuple(refused))


def write_opml(*, title: str = "Newsdesk") -> bytes:
    """All polled feeds as OPML 2.0, by publisher and address."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    body = ElementTree.SubElement(root, "body")
    feeds = Feed.objects.exclude(url__startswith=RECORDING_SCHEME).select_related("publisher")
    for feed in feeds.order_by("publisher__name", "url"):
        name = feed.title or feed.publisher.name
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        if feed.publisher.homepage:
            attributes["htmlUrl"] = feed.publisher.homepage
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"

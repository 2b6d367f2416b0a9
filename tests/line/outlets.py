"""Three outlets on one loopback server, as RSS, Atom and JSON Feed, that tell eight stories three times each."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from tests.servers.publisher import Publisher, Reply, Request

STORIES = tuple(tomllib.loads(Path(__file__).with_name("stories.toml").read_text(encoding="utf-8"))["story"])
OUTLETS = ("signal", "lantern", "harbour")


@dataclass(frozen=True)
class Piece:
    """One entry: `story` is its number in STORIES."""

    story: int
    outlet: str
    title: str
    text: str
    at: datetime

    @property
    def guid(self) -> str:
        return f"urn:test:{self.outlet}-{self.story}"

    @property
    def path(self) -> str:
        return f"/{self.outlet}/{self.story}"


def pieces(cut_off: datetime) -> list[Piece]:
    """Every entry, all of them in the day before `cut_off`."""
    made = []
    for number, story in enumerate(STORIES):
        at = cut_off - timedelta(hours=20 - 2 * number)
        made.append(Piece(number, "signal", story["title"], story["text"], at))
        made.append(Piece(number, "lantern", story["other_title"], story["other_text"], at + timedelta(minutes=25)))
        made.append(Piece(number, "harbour", story["title"], story["text"], at + timedelta(minutes=50)))
    return made


def publish(publisher: Publisher, cut_off: datetime, *, page_delay_s: float = 0.0) -> list[str]:
    """Serve the outlets; the URLs of their feeds. Each page takes `page_delay_s` to come."""
    everything = pieces(cut_off)
    for piece in everything:
        publisher.routes[piece.path] = _slow(_page(piece), page_delay_s)
    documents = (("signal", _rss, "application/rss+xml"), ("lantern", _atom, "application/atom+xml"))
    for outlet, document, content_type in (*documents, ("harbour", _json_feed, "application/feed+json")):
        own = [piece for piece in everything if piece.outlet == outlet]
        publisher.routes[f"/{outlet}/feed"] = Reply(document(publisher, own), content_type=content_type)
    return [publisher.url(f"/{outlet}/feed") for outlet in OUTLETS]


def _slow(reply: Reply, delay_s: float) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        time.sleep(delay_s)
        return reply

    return answer


def _page(piece: Piece) -> Reply:
    title = escape(piece.title)
    paragraphs = "".join(f"<p>{escape(sentence)}.</p>" for sentence in piece.text.rstrip(".").split(". "))
    body = (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return Reply(body.encode())


def _rss(publisher: Publisher, own: list[Piece]) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{piece.guid}</guid><link>{publisher.url(piece.path)}</link>"
        f"<title>{escape(piece.title)}</title><pubDate>{format_datetime(piece.at)}</pubDate></item>"
        for piece in own
    )
    return f"<rss version='2.0'><channel><title>Signal</title><language>en</language>{items}</channel></rss>".encode()


def _atom(publisher: Publisher, own: list[Piece]) -> bytes:
    items = "".join(
        f"<entry><id>{piece.guid}</id><link href='{publisher.url(piece.path)}'/>"
        f"<title>{escape(piece.title)}</title><updated>{piece.at.isoformat()}</updated></entry>"
        for piece in own
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Lantern</title>{items}</feed>".encode()


def _json_feed(publisher: Publisher, own: list[Piece]) -> bytes:
    items = [
        {
            "id": piece.guid,
            "url": publisher.url(piece.path),
            "title": piece.title,
            "date_published": piece.at.isoformat(),
        }
        for piece in own
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "language": "en", "items": items}
    return json.dumps(feed).encode()

"""Rows for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from feeds.models import Feed, Publisher
from feeds.parsing.parsed import ParsedEntry, ParsedFeed

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def make_feed(url: str = "https://news.example/feed", **fields: Any) -> Feed:
    """A feed due now, of a publisher called Example unless another is given."""
    if "publisher" not in fields:
        fields["publisher"], _ = Publisher.objects.get_or_create(slug="example", defaults={"name": "Example"})
    return Feed.objects.create(url=url, **{"next_poll_at": NOW, **fields})


def parsed_entry(number: int = 1, **fields: Any) -> ParsedEntry:
    """An entry as the parser gives it."""
    values: dict[str, Any] = {
        "guid": f"guid-{number}",
        "url": f"https://news.example/{number}",
        "title": f"Story number {number}",
        "author": "",
        "summary": f"What happened in story {number}.",
        "body": "",
        "published_at": NOW,
        "language": "en",
    }
    return ParsedEntry(**{**values, **fields})


def parsed_feed(*entries: ParsedEntry) -> ParsedFeed:
    """A feed as the parser gives it."""
    return ParsedFeed("Example", "https://news.example/", "en", entries)

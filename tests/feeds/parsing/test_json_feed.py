"""JSON Feed read into entries."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.feeds.parsing.reading import read, timed

DAY = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Jay",
                "home_page_url": "https://jay.example/",
                "language": "de",
                "authors": [{"name": "Ada"}],
                "items": [
                    {
                        "id": 7,
                        "url": "/p/7",
                        "content_html": "<p>Hello <i>there</i></p>",
                        "date_published": "2026-03-10",
                    },
                    {"id": "8", "title": "Eight", "content_text": "1 < 2", "date_modified": "2026-03-10T09:30:00Z"},
                    "not an item",
                    {},
                ],
            }
        ).encode()
    )
    first, second = feed.entries
    assert (feed.title, feed.site_url, feed.language) == ("Jay", "https://jay.example/", "de")
    assert (first.guid, first.url, first.title, first.author) == ("7", "https://news.example/p/7", "Hello there", "Ada")
    assert (second.title, second.body, second.published_at) == ("Eight", "1 < 2", DAY)


def test_the_newest_items_of_a_huge_json_feed_are_kept() -> None:
    items = [{"id": str(n), "title": "x", "date_published": f"2026-03-{1 + n % 28:02}"} for n in range(100_000)]
    feed = timed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode())
    assert feed is not None
    assert len(feed.entries) == 500
    assert {entry.published_at for entry in feed.entries} == {datetime(2026, 3, 28, tzinfo=UTC)}

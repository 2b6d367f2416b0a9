"""Huge documents cut down before they are parsed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.feeds.documents import item, rss
from tests.feeds.parsing.reading import timed

DAY = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_the_newest_entries_of_a_huge_feed_are_kept() -> None:
    items = [item(number, date=DAY + timedelta(minutes=number)) for number in range(100_000)]
    feed = timed(rss(*items))
    assert feed is not None
    assert [entry.guid for entry in feed.entries] == [f"guid-{number}" for number in range(99_500, 100_000)]


@pytest.mark.parametrize("shape", ["escaped", "cdata"])
def test_an_entry_of_20_mb_is_cut_and_its_neighbours_stay(shape: str) -> None:
    text = "&lt;p&gt;Hello &amp;amp; good day&lt;/p&gt;" * 500_000
    if shape == "cdata":
        text = f"<![CDATA[{'<p>Hello &amp; good day</p>' * 800_000}]]>"
    feed = timed(rss(item(1), item(2, text=text), item(3, title="x" * 1_000_000)))
    assert feed is not None
    first, big, long_title = feed.entries
    assert first.guid == "guid-1"
    assert big.summary.startswith("Hello & good day")
    assert len(big.body) <= 100_000
    assert len(long_title.title) <= 1000

"""Entries with a page on the loopback publisher, and their articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from feeds.models import Article, Entry, Feed

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
SUMMARY = "A short summary."
SENTENCES = (
    "Harbour Labs has stopped selling its code assistant to new customers, the company said on Tuesday.",
    "It will close the service for everyone at the end of June, and about 40 people worked on the product.",
    "Two former employees said that running the models cost more than customers paid for them each month.",
)
BODY = "\n\n".join(SENTENCES)


def page(*sentences: str, head: str = "") -> bytes:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences or SENTENCES)
    return (
        f"<html lang=en><head><title>A page</title>{head}</head><body><article>{paragraphs}</article></body>".encode()
    )


def make_entry(feed: Feed, url: str, **fields: Any) -> Entry:
    number = Entry.objects.count()
    values: dict[str, Any] = {
        "guid": f"entry-{number}",
        "url": url,
        "title": "Harbour Labs closes its code assistant",
        "summary": SUMMARY,
        "seen_at": NOW - timedelta(minutes=number),
        "content_hash": f"{number:064}",
    }
    return Entry.objects.create(feed=feed, **(values | fields))


def article_of(entry: Entry) -> Article:
    return Article.objects.select_related("text").get(entry=entry)

"""Rows as the stages before dedupe leave them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from django.utils.text import slugify

from feeds.models import Article, ArticleText, Entry, Feed, Publisher

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(hours: float) -> datetime:
    """A time so many hours after noon of the day on which the tests play."""
    return NOON + timedelta(hours=hours)


def feed_of(publisher: str, **fields: object) -> Feed:
    row, _ = Publisher.objects.get_or_create(slug=slugify(publisher), defaults={"name": publisher, **fields})
    feed, _ = Feed.objects.get_or_create(
        publisher=row, url=f"https://{row.slug}.example/feed", defaults={"next_poll_at": NOON}
    )
    return feed


def set_text(entry: Entry, title: str, body: str) -> None:
    """Give an entry an article with this text, as extraction does."""
    text = f"{title}\n\n{body}"
    row, _ = ArticleText.objects.get_or_create(
        sha256=hashlib.sha256(text.encode()).hexdigest(), defaults={"text": text, "created_at": NOON}
    )
    Article.objects.update_or_create(
        entry=entry, defaults={"outcome": Article.Outcome.DONE, "text": row, "extracted_at": NOON}
    )


def entry_of(
    title: str,
    body: str = "",
    *,
    publisher: str = "Fjord Times",
    hours: float = 0,
    url: str = "",
    is_news: bool = True,
    language: str = "en",
    **publisher_fields: object,
) -> Entry:
    """An extracted entry of a publisher, seen so many hours after noon."""
    feed = feed_of(publisher, **publisher_fields)
    number = Entry.objects.count() + 1
    entry = Entry.objects.create(
        feed=feed,
        guid=f"guid-{feed.pk}-{number}",
        url=url or f"https://{feed.publisher.slug}.example/{number}",
        canonical_url=url or f"https://{feed.publisher.slug}.example/{number}",
        title=title,
        language=language,
        seen_at=at(hours),
        is_news=is_news,
        content_hash="0" * 64,
    )
    set_text(entry, title, body)
    return entry

"""Rows for the tests of readers' pages: publishers, entries with texts, stories with coverage, digests."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from feeds.models import Article, ArticleText, Entry, Feed, Publisher
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.stories.models import Coverage, Fingerprint, Story

DAY = date(2026, 3, 25)
CUT_OFF = datetime(2026, 3, 25, 7, tzinfo=UTC)

_numbers = count(1)


def make_publisher(name: str = "", **fields: Any) -> Publisher:
    number = next(_numbers)
    return Publisher.objects.create(slug=f"publisher-{number}", name=name or f"Outlet {number}", **fields)


def make_feed(publisher: Publisher | None = None, **fields: Any) -> Feed:
    number = next(_numbers)
    defaults: dict[str, Any] = {"url": f"https://outlet{number}.example/feed", "next_poll_at": CUT_OFF}
    return Feed.objects.create(publisher=publisher or make_publisher(), **{**defaults, **fields})


def make_entry(feed: Feed | None = None, *, body: str = "A body of some length.", **fields: Any) -> Entry:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "guid": f"guid-{number}",
        "url": f"https://outlet.example/{number}",
        "title": f"Title {number}",
        "published_at": CUT_OFF - timedelta(hours=5),
        "seen_at": CUT_OFF - timedelta(hours=4),
        "content_hash": "0" * 64,
    }
    entry = Entry.objects.create(feed=feed or make_feed(), **{**defaults, **fields})
    text = f"{entry.title}\n\n{body}"
    stored, _ = ArticleText.objects.get_or_create(
        sha256=hashlib.sha256(text.encode()).hexdigest(), defaults={"text": text, "created_at": entry.seen_at}
    )
    Article.objects.create(entry=entry, outcome=Article.Outcome.DONE, text=stored, extracted_at=entry.seen_at)
    return entry


def make_copy(original: Entry, feed: Feed | None = None, **fields: Any) -> Entry:
    entry = make_entry(feed, **{"title": original.title, **fields})
    assert entry.article.text is not None
    Fingerprint.objects.create(
        entry=entry,
        text=entry.article.text,
        kind=Fingerprint.Kind.EXACT,
        original=original,
    )
    return entry


def make_story(*entries: Entry, **fields: Any) -> Story:
    rows = list(entries) or [make_entry()]
    defaults: dict[str, Any] = {
        "public_id": f"s{next(_numbers)}",
        "headline": rows[0].title,
        "first_seen_at": min(entry.seen_at for entry in rows),
        "last_seen_at": max(entry.seen_at for entry in rows),
        "theme": "launches",
        "is_relevant": True,
        "classified_version": 1,
    }
    story = Story.objects.create(**{**defaults, **fields})
    for entry in rows:
        copied = Fingerprint.objects.filter(entry=entry).exclude(original=None).exists()
        role = Coverage.Role.COPY if copied else Coverage.Role.REPORT
        Coverage.objects.create(entry=entry, story=story, role=role, clustered_at=entry.seen_at)
    return story


def make_edition(slug: str = "daily") -> Edition:
    return Edition.objects.get_or_create(slug=slug, defaults={"title": "Newsdesk daily"})[0]


def make_digest(day: date = DAY, *, stories: list[Story] | None = None, **fields: Any) -> Digest:
    """A published digest of these stories: the first one leads, the next two are big, the rest are in short."""
    until = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    edition = fields.pop("edition", None) or make_edition()
    defaults: dict[str, Any] = {
        "number": edition.digests.count() + 1,
        "state": Digest.State.PUBLISHED,
        "title": f"Digest of {day}",
        "window_from": until - timedelta(days=1),
        "window_to": until,
        "coverage": coverage(articles=9, publishers=4, stories=len(stories or ())),
        "built_at": until,
        "published_at": until,
    }
    digest = Digest.objects.create(edition=edition, date=day, **{**defaults, **fields})
    for position, story in enumerate(stories or (), 1):
        add_item(digest, story, position, "lead" if position == 1 else "big" if position < 4 else "short")
    return digest


def add_item(digest: Digest, story: Story, position: int, section: str, **fields: Any) -> DigestItem:
    entries = [row.entry for row in story.coverage.select_related("entry__feed__publisher").order_by("id")]
    sentences = [sentence(f"{entry.title}, says sentence {n}.", entry) for n, entry in enumerate(entries, 1)]
    defaults: dict[str, Any] = {
        "headline": story.headline,
        "theme": story.theme,
        "origins": {
            "at_least": 1,
            "at_most": len(entries),
            "first": "",
            "words": f"Who found out that {story.public_id} happened cannot be told.",
            "by": [],
        },
        "why_ranked": {"score": 1.0, "reasons": [{"name": "publishers", "points": 1.0, "words": "one publisher"}]},
        "sentences": sentences,
        "sources": [source(entry) for entry in entries],
    }
    return DigestItem.objects.create(
        digest=digest, story=story, position=position, section=section, **{**defaults, **fields}
    )


def coverage(**counts: int) -> dict[str, int]:
    zero = dict.fromkeys(("articles", "publishers", "stories", "other_languages", "feeds_answered", "feeds"), 0)
    return {**zero, **counts}


def sentence(text: str, *entries: Entry, quote: str = "", **fields: Any) -> dict[str, Any]:
    receipts = [
        {
            "entry": entry.public_id,
            "url": entry.url,
            "text_sha256": "0" * 64,
            "start": 0,
            "end": len(quote or text),
            "quote": quote or text,
        }
        for entry in entries
    ]
    return {"text": text, "role": "what", "kind": "fact", "written_by": "extract", "receipts": receipts, **fields}


def source(entry: Entry, **fields: Any) -> dict[str, Any]:
    publisher = entry.feed.publisher
    return {
        "entry": entry.public_id,
        "url": entry.url,
        "publisher": publisher.name,
        "title": entry.title,
        "published": iso(entry.published_at) if entry.published_at else None,
        "seen": iso(entry.seen_at),
        "kind": publisher.kind,
        "author": entry.author,
        "has_paywall": publisher.has_paywall,
        "duplicate_of": "",
        **fields,
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

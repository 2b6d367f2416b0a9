"""What editors do to publishers and feeds, each in one short transaction with a note in the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from feeds.journal import note_change
from feeds.models import Feed, Publisher

# What an editor decides about a feed; all else on its row is the poller's.
FEED_FIELDS = ("publisher", "url", "title", "language", "covers_only_ai", "is_active")
PUBLISHER_FIELDS = (
    "slug", "name", "homepage", "owner_group", "kind", "standing", "has_paywall", "language", "note",
)  # fmt: skip


def keep_feed(feed: Feed, *, changed: Collection[str], actor: Any, now: datetime) -> None:
    """Store a feed that is new, or of whose fields these were changed; only they are written, for a poll may run.

    A new address is due at once and starts afresh: no validators, no failures, its backlog is backlog. A feed that is
    switched on again is due at once.
    """
    with transaction.atomic():
        if feed.pk is None:
            feed.next_poll_at = now
            feed.save()
            note_change("feed.add", _subject(feed), actor=actor, now=now, before={}, after=_said(feed, FEED_FIELDS))
            return
        stored = Feed.objects.select_related("publisher").select_for_update(of=("self",)).get(pk=feed.pk)
        fields = _changed(FEED_FIELDS, changed, feed, stored)
        before = _said(stored, fields)
        if not fields:
            return
        after = _said(feed, fields)
        if "url" in fields:
            fields += _start_afresh(feed)
        if "url" in fields or ("is_active" in fields and feed.is_active):
            feed.next_poll_at = now
            fields.append("next_poll_at")
        feed.save(update_fields=fields)
        note_change("feed.change", _subject(feed), actor=actor, now=now, before=before, after=after)


def keep_publisher(publisher: Publisher, *, changed: Collection[str], actor: Any, now: datetime) -> None:
    """Store a publisher that is new or has these fields changed."""
    subject = f"publisher {publisher.slug}"
    with transaction.atomic():
        if publisher.pk is None:
            publisher.save()
            after = _said(publisher, PUBLISHER_FIELDS)
            note_change("publisher.add", subject, actor=actor, now=now, before={}, after=after)
            return
        stored = Publisher.objects.select_for_update().get(pk=publisher.pk)
        if fields := _changed(PUBLISHER_FIELDS, changed, publisher, stored):
            publisher.save(update_fields=fields)
            before, after = _said(stored, fields), _said(publisher, fields)
            note_change("publisher.change", subject, actor=actor, now=now, before=before, after=after)


def poll_soon(feed_ids: Iterable[int], *, now: datetime) -> int:
    """Make active feeds due at once; the next sweep polls them. Returns how many they are."""
    return Feed.objects.filter(pk__in=list(feed_ids), is_active=True).update(next_poll_at=now)


def _changed(fields: Iterable[str], changed: Collection[str], row: Feed | Publisher, stored: Any) -> list[str]:
    """The fields that a form changed and that do not stand so already."""
    return [field for field in fields if field in changed and getattr(row, field) != getattr(stored, field)]


def _start_afresh(feed: Feed) -> list[str]:
    """Forget what the poller knew of the old address; returns the fields."""
    fresh: dict[str, Any] = {
        "etag": "",
        "last_modified": "",
        "claimed_until": None,
        "succeeded_at": None,
        "failure_count": 0,
        "last_error_code": "",
        "last_error": "",
        "moved_to": "",
        "moved_seen_at": None,
    }
    for field, value in fresh.items():
        setattr(feed, field, value)
    return list(fresh)


def _subject(feed: Feed) -> str:
    return f"feed {feed.pk}"


def _said(row: Feed | Publisher, fields: Iterable[str]) -> dict[str, Any]:
    """The fields as plain JSON."""
    return {field: value.slug if isinstance(value := getattr(row, field), Publisher) else value for field in fields}

"""Rows for the tests of the newsletter: subscribers, deliveries, letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from newsdesk.digests.models import Digest
from newsdesk.newsletter.models import Delivery, Letter, Subscriber

NOW = datetime(2026, 3, 25, 8, tzinfo=UTC)

_numbers = count(1)


def make_subscriber(email: str = "", **fields: Any) -> Subscriber:
    """An active daily subscriber to every theme who confirmed a month ago, unless `fields` say otherwise."""
    state = fields.get("state", Subscriber.State.ACTIVE)
    defaults: dict[str, Any] = {
        "email": email or f"reader{next(_numbers)}@example.org",
        "state": state,
        "asked_at": NOW - timedelta(days=31),
        "confirmed_at": None if state == Subscriber.State.PENDING else NOW - timedelta(days=30),
        "unsubscribed_at": NOW - timedelta(days=10) if state == Subscriber.State.UNSUBSCRIBED else None,
        "consent_version": "earlier",
        "consent_source": "site",
    }
    return Subscriber.objects.create(**{**defaults, **fields})


def make_delivery(digest: Digest, subscriber: Subscriber | None = None, **fields: Any) -> Delivery:
    """A queued delivery that is due."""
    who = subscriber or make_subscriber()
    return Delivery.objects.create(**{"digest": digest, "subscriber": who, "next_attempt_at": NOW, **fields})


def make_letter(subscriber: Subscriber, kind: str = Letter.Kind.CONFIRM, **fields: Any) -> Letter:
    """A queued letter that is due."""
    defaults = {"kind": kind, "made_on": NOW.date(), "next_attempt_at": NOW}
    return Letter.objects.create(**{"subscriber": subscriber, **defaults, **fields})

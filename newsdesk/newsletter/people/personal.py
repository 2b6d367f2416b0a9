"""What we hold about one subscriber: handed out, or erased, when they ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from newsdesk.newsletter.models import Mail, MailEvent, Subscriber, Suppression
from newsdesk.newsletter.people.subscribe import CONSENTS
from newsdesk.newsletter.people.suppressions import find_suppression, suppress
from newsdesk.newsletter.people.tokens import email_hashes


def export(subscriber: Subscriber) -> dict[str, Any]:
    """Everything that is kept about a subscriber, as plain JSON values; times are ISO 8601 in UTC."""
    suppression = find_suppression(subscriber.email)
    events = MailEvent.objects.filter(email_hash__in=email_hashes(subscriber.email)).order_by("id")
    deliveries = subscriber.deliveries.select_related("digest__edition").order_by("id")
    return {
        "subscriber": {
            "id": subscriber.public_id,
            "email": subscriber.email,
            "state": subscriber.state,
            "frequency": subscriber.frequency,
            "themes": subscriber.themes,
            "asked_at": _iso(subscriber.asked_at),
            "confirmed_at": _iso(subscriber.confirmed_at),
            "unsubscribed_at": _iso(subscriber.unsubscribed_at),
            "consent_version": subscriber.consent_version,
            "consent_text": CONSENTS.get(subscriber.consent_version, ""),
            "consent_source": subscriber.consent_source,
            "soft_bounces": subscriber.soft_bounces,
            "wish": subscriber.wish,
        },
        "suppression": suppression
        and {"reason": suppression.reason, "detail": suppression.detail, "made_at": _iso(suppression.made_at)},
        "deliveries": [
            {"edition": row.digest.edition.slug, "date": row.digest.date.isoformat(), **_mail(row)}
            for row in deliveries
        ],
        "letters": [
            {"kind": row.kind, "made_on": row.made_on.isoformat(), **_mail(row)}
            for row in subscriber.letters.order_by("id")
        ],
        "events": [
            {"service": row.service, "kind": row.kind, "effect": row.effect, "made_at": _iso(row.made_at)}
            for row in events
        ],
    }


def erase(public_id: str, *, now: datetime) -> None:
    """Delete a subscriber with everything sent to them; twice is once.

    A keyed hash of the address stays, so that nobody but its owner can have it mailed again; an earlier suppression
    (a bounce, a complaint) keeps its reason.
    """
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(public_id=public_id).first()
        if subscriber is None:
            return
        suppress(subscriber.email, Suppression.Reason.ERASED, now=now)
        MailEvent.objects.filter(email_hash__in=email_hashes(subscriber.email)).delete()
        subscriber.delete()


def _mail(row: Mail) -> dict[str, Any]:
    return {
        "state": row.state,
        "attempts": row.attempts,
        "sent_at": _iso(row.sent_at),
        "message_id": row.message_id,
        "reply": row.reply,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""Forget people about whom there is no longer a reason to know anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsdesk.newsletter.models import Attempt, MailEvent, Subscriber

ATTEMPTS_KEPT = timedelta(days=1)
UNCONFIRMED_KEPT = timedelta(days=30)
EVENTS_KEPT = timedelta(days=2 * 365)

State = Subscriber.State


def forget_old(*, now: datetime) -> int:
    """Delete uses of the forms, subscriptions never confirmed and old events of mail services; how many rows."""
    unconfirmed = Subscriber.objects.filter(asked_at__lt=now - UNCONFIRMED_KEPT)
    unconfirmed.filter(state=State.UNSUBSCRIBED).exclude(wish={}).update(wish={})
    old = (
        Attempt.objects.filter(made_at__lt=now - ATTEMPTS_KEPT),
        unconfirmed.filter(state=State.PENDING, confirmed_at=None),
        MailEvent.objects.filter(made_at__lt=now - EVENTS_KEPT),
    )
    return sum(rows.delete()[0] for rows in old)

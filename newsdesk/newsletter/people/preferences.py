"""What a subscriber may change about their subscription: themes, frequency, and whether there is one at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from newsdesk.newsletter.logbook.lines import UNSUBSCRIBED
from newsdesk.newsletter.models import Subscriber
from newsdesk.newsletter.people.departures import write_departure
from newsdesk.newsletter.people.suppressions import skip_queued

State = Subscriber.State


def change_preferences(subscriber: Subscriber, *, frequency: str, themes: Iterable[str]) -> bool:
    """Set how often and about what an active subscriber is mailed (no theme: all); whether they are still active."""
    active = Subscriber.objects.filter(pk=subscriber.pk, state=State.ACTIVE)
    return bool(active.update(frequency=frequency, themes=list(themes)))


def unsubscribe(public_id: str, *, now: datetime) -> None:
    """End a subscription, or a wish for a new one, and take back what is queued; twice is once, nobody is no error."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(public_id=public_id).first()
        if subscriber is None or subscriber.state == State.SUPPRESSED:
            return
        if subscriber.state != State.UNSUBSCRIBED or subscriber.wish:
            write_departure(subscriber.email, UNSUBSCRIBED, now=now)
            Subscriber.objects.filter(pk=subscriber.pk).update(state=State.UNSUBSCRIBED, unsubscribed_at=now, wish={})
        skip_queued(subscriber)

"""Confirm a subscription by the link in the letter: the second half of the double opt-in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from newsdesk.newsletter.models import Letter, Mail, Subscriber
from newsdesk.newsletter.people.departures import write_return
from newsdesk.newsletter.people.suppressions import lift_suppression, may_be_asked
from newsdesk.newsletter.people.tokens import BadToken, Purpose, read_dated_token

State = Subscriber.State


def find_confirmable(token: str, *, now: datetime) -> Subscriber:
    """The subscriber whom the token confirms, or has confirmed before, with what they asked for; nothing is changed.

    A token made before its owner left does not bring them back, nor does one of an address that is suppressed.

    Raises:
        BadToken
    """
    return _find(Subscriber.objects.all(), token, now=now)


def confirm(token: str, *, now: datetime) -> Subscriber:
    """Make the subscription active and note when; twice is once. An erasure by the address's owner is lifted.

    Raises:
        BadToken
    """
    with transaction.atomic():
        subscriber = _find(Subscriber.objects.select_for_update(), token, now=now)
        if subscriber.state == State.ACTIVE:
            return subscriber
        subscriber.state = State.ACTIVE
        subscriber.confirmed_at = now
        subscriber.soft_bounces = 0
        subscriber.wish = {}
        subscriber.save()
        lift_suppression(subscriber.email)
        write_return(subscriber.email, now=now)
        subscriber.letters.filter(kind=Letter.Kind.CONFIRM, state=Mail.State.QUEUED).update(state=Mail.State.SKIPPED)
        return subscriber


def _find(subscribers: QuerySet[Subscriber], token: str, *, now: datetime) -> Subscriber:
    public_id, made_at = read_dated_token(Purpose.CONFIRM, token, now=now)
    subscriber = subscribers.filter(public_id=public_id).first()
    if subscriber is None or not may_be_asked(subscriber.email) or not _is_open(subscriber, made_at):
        raise BadToken(Purpose.CONFIRM)
    if subscriber.state == State.UNSUBSCRIBED:
        for name, value in subscriber.wish.items():
            setattr(subscriber, name, value)
    return subscriber


def _is_open(subscriber: Subscriber, made_at: datetime) -> bool:
    """Whether a token made at that time still counts for this subscriber."""
    if subscriber.state == State.UNSUBSCRIBED:
        left_at = subscriber.unsubscribed_at
        return bool(subscriber.wish) and (left_at is None or made_at >= left_at)
    return subscriber.state in (State.PENDING, State.ACTIVE)

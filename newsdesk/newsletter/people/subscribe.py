"""Ask for the digest by mail: a row that waits for its confirmation, and a letter that asks for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from newsdesk.newsletter.models import Attempt, Letter, Subscriber
from newsdesk.newsletter.people.suppressions import may_be_asked
from newsdesk.newsletter.people.tokens import keyed_hash

logger = logging.getLogger(__name__)

# Every wording that anybody agreed to; a subscriber's row names the version.
CONSENTS = {
    "2026-11": (
        "By subscribing you ask us to mail you the Newsdesk digest. "
        "You can end it at any time by the link in every mail."
    ),
}
CONSENT_VERSION = "2026-11"

# A household or a small office may share a network; a flood does not fit.
ATTEMPTS_PER_NETWORK = 10
ATTEMPTS_WINDOW = timedelta(hours=1)

State = Subscriber.State
LETTERS = {State.PENDING: Letter.Kind.CONFIRM, State.UNSUBSCRIBED: Letter.Kind.CONFIRM, State.ACTIVE: Letter.Kind.LINK}


class TooManyAttempts(Exception):
    """The network has used the form too often within the hour, or all networks together have."""


class _NotAsked(Exception):
    """The address is suppressed: what was done for it is taken back."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: the address as `clean_address` gives it, theme slugs (none: all of them)."""

    email: str
    frequency: str
    themes: tuple[str, ...]
    consent_version: str = CONSENT_VERSION
    consent_source: str = "site"

    def columns(self) -> dict[str, object]:
        """The subscriber's columns that it sets once it is confirmed."""
        return {
            "frequency": self.frequency,
            "themes": list(self.themes),
            "consent_version": self.consent_version,
            "consent_source": self.consent_source,
        }


def subscribe(wish: Wish, *, network: str, now: datetime) -> None:
    """Keep a wish until it is confirmed, and queue the letter that the address's state calls for.

    Nobody learns which: the answer is the same for every state and the work as well, and nothing is mailed here.
    Whoever has not confirmed gets a letter that asks them to; for one who left, the wish is kept aside until then. An
    active subscriber gets their link, and a suppressed address nothing; neither changes. At most one letter a day goes
    to an address.

    Raises:
        TooManyAttempts: `network` has asked `ATTEMPTS_PER_NETWORK` times within the hour, or all of them together
            `LETTERS_PER_HOUR` times.
    """
    with transaction.atomic():
        _note_attempt(network, now=now)
        try:
            with transaction.atomic():
                _queue_letter(wish, now=now)
                if not may_be_asked(wish.email):
                    raise _NotAsked
        except _NotAsked:
            pass


def uses_within_the_hour(now: datetime) -> QuerySet[Attempt]:
    """The uses of the form, from all networks."""
    return Attempt.objects.filter(made_at__gt=now - ATTEMPTS_WINDOW)


def _queue_letter(wish: Wish, *, now: datetime) -> None:
    """Keep the wish as the address's state allows, and queue its letter; as many queries for every state."""
    subscriber = _waiting_row(wish, now=now)
    state = State(subscriber.state)
    kept = {"wish": wish.columns()} if state == State.UNSUBSCRIBED else wish.columns()
    asking = Subscriber.objects.filter(pk=subscriber.pk, state__in=(State.PENDING, State.UNSUBSCRIBED))
    asking.update(asked_at=now, **kept)
    kind = LETTERS.get(state, Letter.Kind.CONFIRM)
    letter = Letter(subscriber=subscriber, kind=kind, made_on=now.date(), next_attempt_at=now)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)  # at most one a day


def _waiting_row(wish: Wish, *, now: datetime) -> Subscriber:
    """The address's row, locked; a pending one is made if there is none, by only one of two at once."""
    new = Subscriber(email=wish.email, asked_at=now, **wish.columns())
    Subscriber.objects.bulk_create([new], ignore_conflicts=True)
    return Subscriber.objects.at(wish.email).select_for_update().get()


def _note_attempt(network: str, *, now: datetime) -> None:
    network_hash = keyed_hash("network", network)
    earlier = Attempt.objects.filter(network_hash=network_hash, made_at__gt=now - ATTEMPTS_WINDOW)
    if earlier.count() >= ATTEMPTS_PER_NETWORK:
        raise TooManyAttempts(network_hash)
    uses = uses_within_the_hour(now).count()
    if uses >= settings.LETTERS_PER_HOUR:
        raise TooManyAttempts("all networks")
    if uses == settings.LETTERS_PER_HOUR - 1:
        logger.warning("The form to subscribe refuses more: LETTERS_PER_HOUR (%d) is reached.", uses + 1)
    Attempt.objects.create(network_hash=network_hash, made_at=now)

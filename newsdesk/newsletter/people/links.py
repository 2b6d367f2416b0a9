"""The links that a mail carries."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from newsdesk.newsletter.people.tokens import Purpose, make_token


def confirm_url(public_id: str, *, now: datetime) -> str:
    """Where the subscription is confirmed, for three days from `now`."""
    return _url("newsletter:confirm", make_token(Purpose.CONFIRM, public_id, now=now))


def preferences_url(public_id: str) -> str:
    """The subscriber's own page, for ever."""
    return _url("newsletter:preferences", make_token(Purpose.PREFERENCES, public_id))


def unsubscribe_url(public_id: str) -> str:
    """Where a person unsubscribes by a button and a mail program by an RFC 8058 POST, for ever."""
    return _url("newsletter:unsubscribe", make_token(Purpose.UNSUBSCRIBE, public_id))


def _url(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])

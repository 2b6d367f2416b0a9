"""Signed links and keyed hashes: one purpose each, nothing stored.

A token is a subscriber's public id with an HMAC under SECRET_KEY and the purpose (`django.core.signing`); keys in
SECRET_KEY_FALLBACKS are still accepted. A keyed hash recognises an address that is itself not kept.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer

CONFIRM_LIFETIME = timedelta(days=3)


class Purpose(StrEnum):
    """What a link allows; a token for one is worthless for another."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"


class BadToken(Exception):
    """The token is not ours, for another purpose, changed, or too old."""


def make_token(purpose: Purpose, public_id: str, *, now: datetime | None = None) -> str:
    """A token in URL-safe characters; with `now` it carries the time at which it was made."""
    value = f"{public_id}.{int(now.timestamp())}" if now else public_id
    return _signer(purpose).sign(value)


def read_token(purpose: Purpose, token: str) -> str:
    """The public id in a token of that purpose, however old.

    Raises:
        BadToken
    """
    return _unsigned(purpose, token).partition(".")[0]


def read_dated_token(purpose: Purpose, token: str, *, now: datetime) -> tuple[str, datetime]:
    """The public id in a token of that purpose, and when the token was made (UTC, whole seconds).

    Raises:
        BadToken: also for one that carries no time, or one longer ago than the confirmation's lifetime.
    """
    public_id, _, seconds = _unsigned(purpose, token).partition(".")
    if not seconds.isdecimal():
        raise BadToken(purpose)
    made_at = datetime.fromtimestamp(int(seconds), tz=UTC)
    if made_at < now - CONFIRM_LIFETIME:
        raise BadToken(purpose)
    return public_id, made_at


def _signer(purpose: Purpose) -> Signer:
    return Signer(sep="~", salt=f"newsdesk.newsletter.{purpose}")


def _unsigned(purpose: Purpose, token: str) -> str:
    try:
        return _signer(purpose).unsign(token)
    except BadSignature as error:
        raise BadToken(purpose) from error


def keyed_hash(purpose: str, text: str) -> str:
    """The hash under which a text (an address, a network) is kept: HMAC-SHA256 in hex under SECRET_KEY."""
    return _hash(settings.SECRET_KEY, purpose, text)


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The text's hashes under this key and the earlier ones, to look it up by."""
    return [_hash(key, purpose, text) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def email_hash(email: str) -> str:
    """The keyed hash of an address, upper and lower case alike."""
    return keyed_hash("email", email.casefold())


def email_hashes(email: str) -> list[str]:
    """The address's hashes under this key and the earlier ones."""
    return keyed_hashes("email", email.casefold())


def _hash(key: str, purpose: str, text: str) -> str:
    return hmac.new(f"newsdesk.{purpose}.{key}".encode(), text.encode(), hashlib.sha256).hexdigest()

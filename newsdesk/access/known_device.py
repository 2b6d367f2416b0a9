"""Browsers that somebody has logged in from: what strangers do elsewhere never locks them out.

A log-in that succeeds leaves a signed cookie. It lets nobody in; it only says whose browser this is, so that its
failures are counted apart from everybody else's (device cookies, as OWASP describes them). It ends with the password
that it was given for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare

COOKIE = "newsdesk_device"
SALT = "newsdesk.access.known_device"
LIFETIME_S = 180 * 24 * 3600
NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser from which this account was logged in to; `nonce` tells it from the account's others."""

    nonce: str

    @property
    def mark(self) -> str:
        """What stands for the browser where failures are counted."""
        return f"Known device {self.nonce}"


def remember_device(request: HttpRequest, response: HttpResponseBase, user: AbstractBaseUser) -> None:
    """Leave the cookie in the browser from which the user has just logged in; one that it has for them stays."""
    if known_device(request, user.get_username()):
        return
    value = signing.dumps([user.pk, secrets.token_urlsafe(NONCE_BYTES), user.get_session_auth_hash()], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=LIFETIME_S,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, username: str | None) -> KnownDevice | None:
    """The browser, if it bears a cookie that we gave this account under its present password."""
    cookie = request.COOKIES.get(COOKIE)
    if not (cookie and username):
        return None
    try:
        owner, nonce, password_hash = signing.loads(cookie, salt=SALT, max_age=LIFETIME_S)
    except (signing.BadSignature, ValueError):
        return None
    user = get_user_model()._default_manager.filter(pk=owner).first()
    if user is None or user.get_username() != username:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return KnownDevice(nonce) if any(constant_time_compare(password_hash, one) for one in hashes) else None

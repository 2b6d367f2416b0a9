"""Accounts of every role, and codes as an authenticator app shows them."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client
from django_otp.oath import TOTP

PASSWORD = "a long pass phrase"
LOGIN = "/admin/login/"
SECOND_FACTOR = "/admin/second-factor/"
ROLES = ("anonymous", "plain", "viewer", "editor", "sender", "superuser")


def make_account(role: str = "editor", username: str = "", *, password: str | None = None) -> User:
    """An account of a role; without a password it can only be logged in by force, which costs no hashing."""
    if not Group.objects.filter(name="viewer").exists():  # a test with its own transactions has emptied the tables
        import_module("newsdesk.migrations.0001_groups").make_groups(apps, None)
    is_superuser = role == "superuser"
    user = User.objects.create(username=username or role, is_staff=role != "plain", is_superuser=is_superuser)
    if password:
        user.set_password(password)
        user.save()
    if role in ("viewer", "editor", "sender"):
        user.groups.add(Group.objects.get(name=role))
    return user


def client_of(role: str, **options: Any) -> Client:
    """A browser in which somebody of this role is logged in."""
    client = Client(**options)
    if role != "anonymous":
        client.force_login(User.objects.filter(username=role).first() or make_account(role))
    return client


def log_in(client: Client, username: str, password: str = PASSWORD, code: str = "", **extra: Any) -> Any:
    return client.post(LOGIN, {"username": username, "password": password, "otp_token": code}, **extra)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def app_code(key: bytes, *, steps: int = 0) -> str:
    """What an app that holds the key shows now, or so many steps of 30 s later."""
    totp = TOTP(key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def set_up(client: Client) -> tuple[bytes, list[str]]:
    """Set up a second factor as a person would; returns the app's key and the recovery codes shown."""
    page = client.get(SECOND_FACTOR).content.decode()
    key = shown_key(page)
    answer = client.post(SECOND_FACTOR, {"act": "on", "key": sealed_key(page), "code": app_code(key)})
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.content.decode())
    assert len(codes) == 10, answer.content.decode()
    return key, codes


def shown_key(page: str) -> bytes:
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert found, page
    return b32decode(found[1].replace(" ", ""))


def sealed_key(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found, page
    return found[1]

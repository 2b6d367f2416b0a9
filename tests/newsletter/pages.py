"""What the tests of the newsletter's pages say to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from newsdesk.newsletter.mail.letters import compose_letter
from newsdesk.newsletter.models import Letter, Subscriber

FORM = "/newsletter/"
OWN = {"sec-fetch-site": "same-origin"}


def post(path: str, data: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] = OWN, **extra: Any) -> Any:
    """A form sent as a browser sends it: with what it says about its origin, without a cookie."""
    client = Client(enforce_csrf_checks=True)
    return client.post(path, dict(data or {}), headers=dict(headers), **extra)


def get(path: str) -> Any:
    return Client().get(path)


def ask(email: str, *, frequency: str = "daily", themes: tuple[str, ...] = (), **extra: Any) -> Any:
    """Send the form to subscribe."""
    return post(FORM, {"email": email, "frequency": frequency, "themes": list(themes)}, **extra)


def path_in_letter(letter: Letter, *, now: datetime) -> str:
    """The path of the one link to the newsletter in a letter's text."""
    text = compose_letter(letter, now=now).text
    found = re.findall(r"http://[^/\s]+(/newsletter/\S+/)", text)
    assert len(found) == 1, text
    return str(found[0])


def confirmation_path(subscriber: Subscriber, *, now: datetime, ago: timedelta = timedelta(0)) -> str:
    """The path in a letter that asks to confirm, mailed so long ago."""
    letter = Letter(kind=Letter.Kind.CONFIRM, subscriber=subscriber)
    return path_in_letter(letter, now=now - ago)


def all_rows() -> list[dict[str, Any]]:
    """Every subscriber as stored, to compare before and after."""
    return list(Subscriber.objects.order_by("id").values())


def as_answered(response: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of an answer."""
    return response.status_code, response.content, dict(response.headers)

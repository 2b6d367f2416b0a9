"""What is kept about people, for how long, and what their pages tell others (P2, P3, P4)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from newsdesk.newsletter.models import Attempt, MailEvent, Subscriber, Suppression
from newsdesk.newsletter.people.forget import forget_old
from newsdesk.newsletter.people.suppressions import suppress
from newsdesk.newsletter.people.tokens import Purpose, make_token
from tests.newsletter import pages
from tests.newsletter.rows import NOW, make_letter, make_subscriber

pytestmark = pytest.mark.django_db

State = Subscriber.State


def _own_pages(subscriber: Subscriber) -> list[str]:
    preferences = make_token(Purpose.PREFERENCES, subscriber.public_id)
    return [
        pages.confirmation_path(subscriber, now=timezone.now()),
        pages.confirmation_path(subscriber, now=timezone.now(), ago=timedelta(days=9)),
        f"/newsletter/preferences/{preferences}/",
        f"/newsletter/preferences/{preferences}/export/",
        f"/newsletter/preferences/{preferences}/erase/",
        f"/newsletter/unsubscribe/{make_token(Purpose.UNSUBSCRIBE, subscriber.public_id)}/",
        "/newsletter/unsubscribe/nonsense/",
    ]


def test_own_pages_are_for_nobody_elses_cache_log_or_index() -> None:
    for path in _own_pages(make_subscriber(state=State.PENDING)):
        for response in (pages.get(path), pages.post(path)):
            assert response.headers["Cache-Control"] == "private, no-store", path
            assert response.headers["Referrer-Policy"] == "no-referrer", path
            assert response.headers["X-Robots-Tag"] == "noindex", path
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_no_page_sets_a_cookie_or_loads_from_elsewhere() -> None:
    subscriber = make_subscriber(state=State.PENDING)
    for path in ["/newsletter/", *_own_pages(subscriber)]:
        client = Client()
        for response in (client.get(path), client.post(path, headers=pages.OWN)):
            assert not response.cookies, path
            loaded = re.findall(r'(?:src|href|action)="([^"]+)"', response.content.decode())
            assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in loaded), path


def test_neither_addresses_nor_tokens_nor_networks_stand_in_the_rows_that_stay() -> None:
    pages.ask("reader@example.org", REMOTE_ADDR="198.51.100.77")
    attempt = Attempt.objects.values().get()
    assert re.fullmatch(r"[0-9a-f]{64}", attempt["network_hash"])
    suppress("other@example.org", Suppression.Reason.BOUNCED, detail="550 <other@example.org> unknown", now=NOW)
    kept = json.dumps(list(Suppression.objects.values()), default=str)
    assert "other@" not in kept
    assert "(address) unknown" in kept
    names = {field.name for model in apps.get_app_config("newsletter").get_models() for field in model._meta.fields}
    assert not {name for name in names if "token" in name or "ip" in name.split("_") or "agent" in name}


def test_the_opt_in_is_on_record() -> None:
    pages.ask("reader@example.org")
    subscriber = Subscriber.objects.get()
    pages.post(pages.confirmation_path(subscriber, now=timezone.now()))
    subscriber.refresh_from_db()
    assert subscriber.asked_at <= subscriber.confirmed_at <= timezone.now()
    assert subscriber.consent_version == "2026-11"
    assert subscriber.consent_source == "site"


def test_what_is_old_is_forgotten_and_nothing_else() -> None:
    day = timedelta(days=1)
    for ago in (timedelta(hours=23), timedelta(hours=25)):
        Attempt.objects.create(network_hash="0" * 64, made_at=NOW - ago)
    waiting = make_subscriber(state=State.PENDING, asked_at=NOW - 29 * day)
    never = make_subscriber(state=State.PENDING, asked_at=NOW - 31 * day)
    make_letter(never)
    active = make_subscriber(asked_at=NOW - 900 * day)
    wishing = make_subscriber(state=State.UNSUBSCRIBED, asked_at=NOW - 31 * day, wish={"frequency": "weekly"})
    for number, ago in enumerate((729 * day, 731 * day)):
        MailEvent.objects.create(
            service="x",
            event_id=str(number),
            kind=MailEvent.Kind.COMPLAINT,
            email_hash="0" * 64,
            effect="",
            made_at=NOW - ago,
        )
    assert forget_old(now=NOW) == 4  # the letter goes with its subscriber
    assert set(Subscriber.objects.all()) == {waiting, active, wishing}
    assert (Attempt.objects.count(), MailEvent.objects.count()) == (1, 1)
    wishing.refresh_from_db()
    assert wishing.wish == {}
    assert forget_old(now=NOW) == 0


def test_about_says_what_is_kept() -> None:
    page = pages.get("/about/").content.decode()
    assert 'href="/newsletter/"' in page
    assert "keyed hash" in page

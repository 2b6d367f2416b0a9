"""Leaving: by a button, and by RFC 8058's one click, always with the same answer (M5, M6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from newsdesk.journal.models import Change
from newsdesk.newsletter.models import Delivery, Letter, Mail, Subscriber, Suppression
from newsdesk.newsletter.people.links import unsubscribe_url
from newsdesk.newsletter.people.personal import erase
from newsdesk.newsletter.people.suppressions import lift_suppression, suppress
from newsdesk.newsletter.people.tokens import Purpose, make_token
from tests.newsletter import pages
from tests.newsletter.rows import make_delivery, make_letter, make_subscriber
from tests.site.rows import make_digest

pytestmark = pytest.mark.django_db

State = Subscriber.State
ONE_CLICK = "List-Unsubscribe=One-Click"
URLENCODED = "application/x-www-form-urlencoded"


def _path(subscriber: Subscriber) -> str:
    return "/" + unsubscribe_url(subscriber.public_id).split("/", 3)[3]


def _one_click(path: str, content_type: str = URLENCODED, **headers: str) -> object:
    """As a mail provider's server sends it: no cookie, no CSRF token, no referrer."""
    client = Client(enforce_csrf_checks=True)
    body = ONE_CLICK
    if content_type != URLENCODED:
        body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    return client.post(path, body, content_type=content_type, headers=headers)


def test_a_scanner_that_looks_changes_nothing() -> None:
    subscriber = make_subscriber()
    before = pages.all_rows()
    for method in ("get", "head", "options"):
        response = getattr(Client(), method)(_path(subscriber))
        assert response.status_code in (200, 405)
        assert not response.cookies
    page = pages.get(_path(subscriber)).content.decode()
    # A scanner that runs scripts finds none, and nothing that submits by itself.
    for word in ("<script", "onload", "http-equiv", "autofocus", "<iframe"):
        assert word not in page
    assert page.count("<button") == 1
    assert subscriber.email not in page
    assert pages.all_rows() == before


@pytest.mark.parametrize("content_type", [URLENCODED, "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}])
def test_one_click_unsubscribes_and_takes_queued_mail_back(content_type: str, headers: dict[str, str]) -> None:
    digest = make_digest()
    subscriber, other = make_subscriber(), make_subscriber()
    make_delivery(digest, subscriber)
    make_delivery(make_digest(digest.date - timedelta(days=1)), subscriber, state=Mail.State.INFLIGHT)
    make_delivery(make_digest(digest.date - timedelta(days=2)), subscriber, state=Mail.State.SENT)
    make_delivery(digest, other)
    make_letter(subscriber, Letter.Kind.LINK)
    response = _one_click(_path(subscriber), content_type, **headers)
    assert response.status_code == 200
    assert not response.cookies
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED
    assert subscriber.unsubscribed_at is not None
    assert subscriber.unsubscribed_at > timezone.now() - timedelta(minutes=1)
    states = Delivery.objects.filter(subscriber=subscriber).order_by("id").values_list("state", flat=True)
    assert list(states) == [Mail.State.SKIPPED, Mail.State.INFLIGHT, Mail.State.SENT]
    assert Delivery.objects.get(subscriber=other).state == Mail.State.QUEUED
    assert Letter.objects.get().state == Mail.State.SKIPPED
    other.refresh_from_db()
    assert other.state == State.ACTIVE
    assert not Change.objects.exists()


def test_a_second_click_changes_nothing() -> None:
    subscriber = make_subscriber()
    first = pages.as_answered(_one_click(_path(subscriber)))
    rows = pages.all_rows()
    assert pages.as_answered(_one_click(_path(subscriber))) == first
    assert pages.all_rows() == rows


def test_every_click_gets_the_same_answer() -> None:
    erased, hated = make_subscriber(), make_subscriber()
    left, pending, active = (
        make_subscriber(state=state) for state in (State.UNSUBSCRIBED, State.PENDING, State.ACTIVE)
    )
    erase(erased.public_id, now=timezone.now())
    suppress(hated.email, Suppression.Reason.COMPLAINED, now=timezone.now())
    paths = [_path(who) for who in (erased, hated, left, pending, active)]
    token = make_token(Purpose.UNSUBSCRIBE, active.public_id)
    preferences = make_token(Purpose.PREFERENCES, active.public_id)
    wrong = [f"/newsletter/unsubscribe/{text}/" for text in ("nonsense", token[:-2], preferences)]
    answers = {repr(pages.as_answered(_one_click(path))) for path in [*paths, *wrong]}
    assert len(answers) == 1
    assert answers.pop().startswith("(200,")


@pytest.mark.parametrize("cut", [0, 3])
def test_a_wrong_token_changes_nothing(cut: int) -> None:
    subscriber = make_subscriber()
    before = pages.all_rows()
    confirm = make_token(Purpose.CONFIRM, subscriber.public_id, now=timezone.now())
    token = make_token(Purpose.UNSUBSCRIBE, subscriber.public_id)[:-cut] if cut else confirm
    assert _one_click(f"/newsletter/unsubscribe/{token}/").status_code == 200
    assert pages.all_rows() == before
    page = pages.get(f"/newsletter/unsubscribe/{token}/")
    assert page.status_code == 404
    assert "copy all of it" in page.content.decode()


def test_an_old_digests_link_works_for_ever_and_under_an_earlier_key(settings: Settings) -> None:
    subscriber = make_subscriber()
    path = _path(subscriber)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key that came after the one of the old digest, long enough"
    assert _one_click(path).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED


def test_who_is_suppressed_stays_so() -> None:
    subscriber = make_subscriber()
    suppress(subscriber.email, Suppression.Reason.BOUNCED, now=timezone.now())
    _one_click(_path(subscriber))
    subscriber.refresh_from_db()
    assert subscriber.state == State.SUPPRESSED


def test_lifting_a_suppression_does_not_subscribe_anyone() -> None:
    subscriber = make_subscriber()
    suppress(subscriber.email, Suppression.Reason.BOUNCED, now=timezone.now())
    lift_suppression(subscriber.email.upper())
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED
    assert not Suppression.objects.exists()

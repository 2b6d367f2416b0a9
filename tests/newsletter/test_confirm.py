"""Double opt-in: only a pressed button confirms, and never against a later choice (M6, M11, P4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsdesk.newsletter.models import Letter, Mail, Subscriber, Suppression
from newsdesk.newsletter.people.preferences import unsubscribe
from newsdesk.newsletter.people.subscribe import CONSENT_VERSION
from newsdesk.newsletter.people.suppressions import is_suppressed, suppress
from newsdesk.newsletter.people.tokens import Purpose, make_token
from tests.newsletter import pages
from tests.newsletter.rows import make_letter, make_subscriber

pytestmark = pytest.mark.django_db

State = Subscriber.State


def _pending(**fields: object) -> Subscriber:
    return make_subscriber(state=State.PENDING, **fields)


def test_looking_shows_a_button_and_changes_nothing() -> None:
    subscriber = _pending(frequency="weekly", themes=["security", "policy"])
    path = pages.confirmation_path(subscriber, now=timezone.now())
    before = pages.all_rows()
    for method in ("get", "head", "options"):
        assert getattr(Client(), method)(path).status_code in (200, 405)
    page = pages.get(path).content.decode()
    assert pages.all_rows() == before
    assert "Confirm the subscription" in page
    assert "every week on Monday at 07:00 (UTC), with Security and Policy" in page
    assert "<script" not in page


def test_pressing_it_confirms_once() -> None:
    subscriber = _pending(consent_version=CONSENT_VERSION)
    make_letter(subscriber)
    path = pages.confirmation_path(subscriber, now=timezone.now())
    before = timezone.now()
    assert pages.post(path).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.ACTIVE
    assert subscriber.confirmed_at is not None
    assert before <= subscriber.confirmed_at <= timezone.now()
    assert (subscriber.consent_version, subscriber.consent_source) == (CONSENT_VERSION, "site")
    assert Letter.objects.get().state == Mail.State.SKIPPED
    rows = pages.all_rows()
    assert pages.post(path).status_code == 200
    assert pages.all_rows() == rows
    assert "confirmed already" in pages.get(path).content.decode()


@pytest.mark.parametrize("ago", [timedelta(days=3, minutes=1), timedelta(days=400)])
def test_an_old_link_does_nothing_and_says_where_to_ask_again(ago: timedelta) -> None:
    subscriber = _pending()
    path = pages.confirmation_path(subscriber, now=timezone.now(), ago=ago)
    for response in (pages.get(path), pages.post(path)):
        assert response.status_code == 404
        assert 'href="/newsletter/"' in response.content.decode()
    subscriber.refresh_from_db()
    assert subscriber.state == State.PENDING


def test_a_link_lives_for_three_days() -> None:
    subscriber = _pending()
    path = pages.confirmation_path(subscriber, now=timezone.now(), ago=timedelta(days=2, hours=23))
    assert pages.post(path).status_code == 200


@pytest.mark.parametrize("purpose", [Purpose.PREFERENCES, Purpose.UNSUBSCRIBE, None])
def test_a_token_for_something_else_confirms_nothing(purpose: Purpose | None) -> None:
    subscriber = _pending()
    token = make_token(purpose, subscriber.public_id, now=timezone.now()) if purpose else "made-up"
    assert pages.post(f"/newsletter/confirm/{token}/").status_code == 404
    subscriber.refresh_from_db()
    assert subscriber.state == State.PENDING


def test_who_left_afterwards_is_not_brought_back_by_the_earlier_letter() -> None:
    subscriber = _pending()
    earlier = pages.confirmation_path(subscriber, now=timezone.now(), ago=timedelta(hours=2))
    pages.post(earlier)
    unsubscribe(subscriber.public_id, now=timezone.now() - timedelta(hours=1))
    assert pages.post(earlier).status_code == 404
    pages.ask(subscriber.email)  # somebody asks again: that alone opens nothing for the earlier letter
    assert pages.post(earlier).status_code == 404
    assert pages.get(earlier).status_code == 404
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED


def test_coming_back_applies_what_was_asked_for_then() -> None:
    subscriber = make_subscriber(state=State.UNSUBSCRIBED, themes=["people"])
    pages.ask(subscriber.email, frequency="weekly", themes=("security",))
    path = pages.path_in_letter(Letter.objects.get(), now=timezone.now())
    assert "with Security" in pages.get(path).content.decode()
    assert pages.post(path).status_code == 200
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.frequency, subscriber.themes) == (State.ACTIVE, "weekly", ["security"])
    assert (subscriber.consent_version, subscriber.wish) == (CONSENT_VERSION, {})
    assert subscriber.confirmed_at is not None
    assert subscriber.confirmed_at > timezone.now() - timedelta(minutes=1)


def test_unsubscribing_again_withdraws_the_wish() -> None:
    subscriber = make_subscriber(state=State.UNSUBSCRIBED)
    pages.ask(subscriber.email)
    path = pages.confirmation_path(subscriber, now=timezone.now(), ago=timedelta(minutes=1))
    unsubscribe(subscriber.public_id, now=timezone.now())
    assert Letter.objects.get().state == Mail.State.SKIPPED
    assert pages.post(path).status_code == 404


def test_confirming_lifts_an_erasure_and_nothing_else() -> None:
    now = timezone.now()
    pages.ask("erased@example.org")
    pages.ask("hated@example.org")
    suppress("erased@example.org", Suppression.Reason.ERASED, now=now)
    suppress("hated@example.org", Suppression.Reason.COMPLAINED, now=now)
    erased, hated = (Subscriber.objects.at(email).get() for email in ("erased@example.org", "hated@example.org"))
    assert pages.post(pages.confirmation_path(erased, now=now)).status_code == 200
    assert pages.post(pages.confirmation_path(hated, now=now)).status_code == 404
    assert not is_suppressed("erased@example.org")
    assert is_suppressed("hated@example.org")
    hated.refresh_from_db()
    assert hated.state == State.SUPPRESSED


def test_a_post_from_another_site_is_refused_and_one_that_says_nothing_is_not() -> None:
    subscriber = _pending()
    path = pages.confirmation_path(subscriber, now=timezone.now())
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert pages.post(path, headers=headers).status_code == 403
    subscriber.refresh_from_db()
    assert subscriber.state == State.PENDING
    # What a browser without Sec-Fetch-Site sends from a page that asks for no referrer.
    assert pages.post(path, headers={"origin": "null"}).status_code == 200

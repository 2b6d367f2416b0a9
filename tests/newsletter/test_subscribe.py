"""Asking for the digest by mail: one answer for every address, and what each state leads to (M10, D4, A5)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from newsdesk.desk.notices import read_mail
from newsdesk.newsletter.models import Attempt, Letter, Mail, Subscriber, Suppression
from newsdesk.newsletter.people.subscribe import ATTEMPTS_PER_NETWORK, CONSENT_VERSION, CONSENTS
from newsdesk.newsletter.people.suppressions import suppress
from newsdesk.stories.themes import Theme
from tests.newsletter import pages
from tests.newsletter.rows import make_subscriber

pytestmark = pytest.mark.django_db

Reason = Suppression.Reason
State = Subscriber.State


def test_the_page_has_the_form_the_consent_and_no_cookie() -> None:
    response = pages.get(pages.FORM)
    page = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert CONSENTS[CONSENT_VERSION] in page
    assert 'type="email"' in page
    assert page.count('name="themes"') == 12
    assert "<script" not in page
    assert pages.get("/newsletter/").headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_new_address_waits_for_its_confirmation() -> None:
    before = timezone.now()
    assert pages.ask("Reader@Example.org", frequency="weekly", themes=("policy", "security")).status_code == 200
    subscriber = Subscriber.objects.get()
    assert subscriber.email == "Reader@example.org"
    assert (subscriber.state, subscriber.confirmed_at) == (State.PENDING, None)
    assert (subscriber.frequency, subscriber.themes) == ("weekly", ["security", "policy"])
    assert (subscriber.consent_version, subscriber.consent_source) == (CONSENT_VERSION, "site")
    assert subscriber.asked_at >= before
    letter = Letter.objects.get()
    assert (letter.kind, letter.state, letter.subscriber) == (Letter.Kind.CONFIRM, Mail.State.QUEUED, subscriber)


def test_all_themes_ticked_are_all_themes_there_will_be() -> None:
    pages.ask("reader@example.org", themes=tuple(Theme.values))
    assert Subscriber.objects.get().themes == []


def test_every_state_of_an_address_gets_the_same_answer() -> None:
    now = timezone.now()
    states = {
        "new@example.org": None,
        "pending@example.org": State.PENDING,
        "active@example.org": State.ACTIVE,
        "gone@example.org": State.UNSUBSCRIBED,
        "bounced@example.org": State.ACTIVE,
        "hated@example.org": None,
        "erased@example.org": None,
    }
    for email, state in states.items():
        if state:
            make_subscriber(email, state=state)
    suppress("bounced@example.org", Reason.BOUNCED, now=now)
    suppress("hated@example.org", Reason.COMPLAINED, now=now)
    suppress("erased@example.org", Reason.ERASED, now=now)
    answers = {email: pages.as_answered(pages.ask(email)) for email in states}
    status, body, headers = answers["new@example.org"]
    assert status == 200
    assert b"Check your mail" in body
    assert b"@" not in body
    assert "Set-Cookie" not in headers
    for email, answer in answers.items():
        assert answer == (status, body, headers), email
    again = {email: pages.as_answered(pages.ask(email.upper())) for email in list(states)[:3]}
    assert set(map(repr, again.values())) == {repr((status, body, headers))}


@pytest.mark.parametrize("email", ["reader@example.org", "READER@EXAMPLE.ORG"])
def test_who_has_not_confirmed_may_choose_again_and_gets_one_letter_a_day(email: str) -> None:
    pages.ask("reader@example.org")
    pages.ask(email, frequency="weekly", themes=("people",))
    pages.ask(email, frequency="weekly", themes=("people",))
    subscriber = Subscriber.objects.get()
    assert (subscriber.state, subscriber.frequency, subscriber.themes) == (State.PENDING, "weekly", ["people"])
    assert Letter.objects.count() == 1
    Letter.objects.update(made_on=timezone.now().date() - timedelta(days=1))
    pages.ask(email)
    assert Letter.objects.count() == 2


def test_an_active_subscriber_gets_their_link_and_nothing_changes() -> None:
    subscriber = make_subscriber(themes=["security"])
    before = pages.all_rows()
    pages.ask(subscriber.email, frequency="weekly", themes=("people",))
    assert pages.all_rows() == before
    assert Letter.objects.get().kind == Letter.Kind.LINK


def test_who_left_comes_back_only_by_confirming() -> None:
    subscriber = make_subscriber(state=State.UNSUBSCRIBED, themes=["security"])
    pages.ask(subscriber.email, frequency="weekly", themes=("people",))
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.frequency, subscriber.themes) == (State.UNSUBSCRIBED, "daily", ["security"])
    assert Letter.objects.get().kind == Letter.Kind.CONFIRM


@pytest.mark.parametrize("reason", [Reason.BOUNCED, Reason.SOFT_BOUNCES, Reason.COMPLAINED, Reason.BY_HAND])
@pytest.mark.parametrize("known", [True, False])
def test_a_suppressed_address_gets_nothing(reason: Suppression.Reason, known: bool) -> None:
    if known:
        make_subscriber("reader@example.org")
    suppress("reader@example.org", reason, now=timezone.now())
    before = pages.all_rows()
    pages.ask("Reader@example.org", frequency="weekly")
    assert pages.all_rows() == before
    assert not Letter.objects.exists()


def test_an_erased_address_may_ask_again() -> None:
    suppress("reader@example.org", Reason.ERASED, now=timezone.now())
    pages.ask("reader@example.org")
    assert Subscriber.objects.get().state == State.PENDING
    assert Letter.objects.get().kind == Letter.Kind.CONFIRM


def test_a_suppression_made_with_an_earlier_key_still_holds(settings: Settings) -> None:
    suppress("reader@example.org", Reason.COMPLAINED, now=timezone.now())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key that is long enough for everyone involved here"
    pages.ask("reader@example.org")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/newsletter/"},
    ],
)
def test_a_form_that_is_not_ours_is_refused(headers: dict[str, str]) -> None:
    assert pages.ask("reader@example.org", headers=headers).status_code == 403
    assert not Subscriber.objects.exists()


def test_an_older_browser_tells_by_its_origin() -> None:
    assert pages.ask("reader@example.org", headers={"origin": "http://testserver"}).status_code == 200


def test_a_flood_from_one_network_is_refused_and_others_are_not() -> None:
    for number in range(ATTEMPTS_PER_NETWORK):
        assert pages.ask(f"reader{number}@example.org", REMOTE_ADDR=f"198.51.100.{number}").status_code == 200
    refused = pages.ask("one.more@example.org", REMOTE_ADDR="198.51.100.77")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert "try again in an hour" in refused.content.decode()
    assert not Subscriber.objects.filter(email="one.more@example.org").exists()
    assert pages.ask("one.more@example.org", REMOTE_ADDR="203.0.113.5").status_code == 200
    Attempt.objects.update(made_at=timezone.now() - timedelta(minutes=61))
    assert pages.ask("later@example.org", REMOTE_ADDR="198.51.100.77").status_code == 200


def test_a_bad_address_does_not_use_up_the_limit() -> None:
    for _ in range(ATTEMPTS_PER_NETWORK + 1):
        assert pages.ask("nonsense").status_code == 400
    assert pages.ask("reader@example.org").status_code == 200


def test_every_state_costs_about_the_same() -> None:
    make_subscriber("active@example.org")
    make_subscriber("gone@example.org", state=State.UNSUBSCRIBED)
    suppress("hated@example.org", Reason.COMPLAINED, now=timezone.now())
    costs = {}
    for email in ("active@example.org", "gone@example.org", "hated@example.org", "new@example.org", "new@example.org"):
        with CaptureQueriesContext(connection) as queries:
            pages.ask(email)
        costs[email] = len(queries)
    assert max(costs.values()) - min(costs.values()) <= 4, costs


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_row_and_one_letter() -> None:
    statuses: list[int] = []
    start = threading.Barrier(4)

    def press() -> None:
        try:
            start.wait(10)
            statuses.append(pages.ask("reader@example.org").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses == [200] * 4
    assert (Subscriber.objects.count(), Letter.objects.count()) == (1, 1)


def test_robots_may_read_the_form_and_nobodys_own_pages() -> None:
    lines = pages.get("/robots.txt").content.decode().splitlines()
    for name in ("confirm", "preferences", "unsubscribe"):
        assert f"Disallow: /newsletter/{name}/" in lines
    assert "Disallow: /newsletter/" not in lines
    assert "noindex" not in pages.get(pages.FORM).content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(method: str) -> None:
    assert getattr(Client(), method)(pages.FORM, headers=pages.OWN).status_code == 405


def test_every_state_is_the_same_work() -> None:
    """The same queries, whatever the address: what is written for a suppressed one is taken back."""
    make_subscriber("pending@example.org", state=State.PENDING)
    make_subscriber("active@example.org")
    make_subscriber("gone@example.org", state=State.UNSUBSCRIBED)
    make_subscriber("bounced@example.org")
    for email in ("hated@example.org", "bounced@example.org"):
        suppress(email, Reason.COMPLAINED, now=timezone.now())
    work = {}
    for name in ("new", "pending", "active", "gone", "hated", "bounced"):
        with CaptureQueriesContext(connection) as queries:
            pages.ask(f"{name}@example.org")
        kinds = [query["sql"].split('"')[0].split("'")[0] for query in queries]
        work[name] = [kind.replace("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT") for kind in kinds]
    assert (
        work["hated"].pop() == work["bounced"].pop() == "RELEASE SAVEPOINT "
    )  # a savepoint taken back is let go of too
    assert {tuple(kinds) for kinds in work.values()} == {tuple(work["new"])}
    assert {letter.subscriber.email.partition("@")[0] for letter in Letter.objects.select_related("subscriber")} == {
        *("new", "pending", "active", "gone")
    }


def test_all_networks_together_ask_for_so_many_letters_and_no_more(settings: Settings, caplog: Any) -> None:
    settings.LETTERS_PER_HOUR = 3
    make_subscriber("active@example.org")
    suppress("hated@example.org", Reason.COMPLAINED, now=timezone.now())
    assert [note.about for note in read_mail(timezone.now())] == ["Mail"]
    for number in range(3):
        assert pages.ask(f"reader{number}@example.org", REMOTE_ADDR=f"198.51.{number}.7").status_code == 200
    answers = [
        pages.ask(f"{name}@example.org", REMOTE_ADDR=f"203.0.{number}.7")
        for number, name in enumerate(("new", "active", "hated", "reader1"))
    ]
    assert [answer.status_code for answer in answers] == [429] * 4
    assert len({repr(pages.as_answered(answer)) for answer in answers}) == 1
    assert Letter.objects.count() == 3
    assert "LETTERS_PER_HOUR (3) is reached" in caplog.text
    assert [note.about for note in read_mail(timezone.now())] == ["Mail", "Subscribing"]
    Attempt.objects.update(made_at=timezone.now() - timedelta(minutes=61))
    assert pages.ask("later@example.org", REMOTE_ADDR="203.0.9.7").status_code == 200
    assert [note.about for note in read_mail(timezone.now())] == ["Mail"]

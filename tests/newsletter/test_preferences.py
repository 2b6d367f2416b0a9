"""A subscriber's own page: choices, everything we hold as a file, erasure (P1)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsdesk.journal.models import Change
from newsdesk.newsletter.models import Delivery, Letter, Mail, MailEvent, Subscriber, Suppression
from newsdesk.newsletter.people.personal import erase
from newsdesk.newsletter.people.suppressions import is_suppressed, suppress
from newsdesk.newsletter.people.tokens import Purpose, email_hash, make_token
from tests.newsletter import pages
from tests.newsletter.rows import make_delivery, make_letter, make_subscriber
from tests.site.rows import make_digest

pytestmark = pytest.mark.django_db

State = Subscriber.State


def _path(subscriber: Subscriber, page: str = "") -> str:
    return f"/newsletter/preferences/{make_token(Purpose.PREFERENCES, subscriber.public_id)}/{page}"


def test_looking_shows_the_choices_and_changes_nothing() -> None:
    subscriber = make_subscriber(frequency="weekly", themes=["security"])
    before = pages.all_rows()
    page = pages.get(_path(subscriber)).content.decode()
    assert page.count(" checked") == 2
    assert subscriber.email in page
    assert pages.all_rows() == before


def test_saving_changes_them() -> None:
    subscriber, other = make_subscriber(), make_subscriber()
    sent = {
        "frequency": "weekly",
        "themes": ["policy", "security"],
        "email": "other@example.org",
        "state": "suppressed",
    }
    page = pages.post(_path(subscriber), sent)
    assert page.status_code == 200
    assert "Your choices are saved" in page.content.decode()
    subscriber.refresh_from_db()
    other.refresh_from_db()
    assert (subscriber.frequency, subscriber.themes) == ("weekly", ["security", "policy"])
    assert (subscriber.state, subscriber.email) == (State.ACTIVE, subscriber.email)
    assert (other.frequency, other.themes) == ("daily", [])


@pytest.mark.parametrize("sent", [{"frequency": "hourly"}, {"frequency": "daily", "themes": ["gossip"]}, {}])
def test_a_bad_choice_is_refused(sent: dict[str, object]) -> None:
    subscriber = make_subscriber()
    before = pages.all_rows()
    assert pages.post(_path(subscriber), sent).status_code == 400
    assert pages.all_rows() == before


@pytest.mark.parametrize("state", [State.UNSUBSCRIBED, State.SUPPRESSED, State.PENDING])
def test_nobody_is_mailed_again_by_saving(state: str) -> None:
    subscriber = make_subscriber(state=state)
    before = pages.all_rows()
    page = pages.post(_path(subscriber), {"frequency": "weekly"})
    assert page.status_code == 200
    assert "are saved" not in page.content.decode()
    assert pages.all_rows() == before


@pytest.mark.parametrize("page", ["", "export/", "erase/"])
@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.UNSUBSCRIBE, None])
def test_another_token_opens_nothing(page: str, purpose: Purpose | None) -> None:
    subscriber = make_subscriber()
    before = pages.all_rows()
    token = make_token(purpose, subscriber.public_id) if purpose else "made-up"
    path = f"/newsletter/preferences/{token}/{page}"
    for response in (pages.get(path), pages.post(path, {"frequency": "weekly"})):
        assert response.status_code in (404, 405)
        assert subscriber.email not in response.content.decode()
    assert pages.all_rows() == before


def test_the_button_unsubscribes() -> None:
    subscriber = make_subscriber()
    page = pages.get(_path(subscriber)).content.decode()
    action = page.partition('action="/newsletter/unsubscribe/')[2].partition('"')[0]
    assert pages.post(f"/newsletter/unsubscribe/{action}").status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED


def test_the_file_holds_everything_we_hold() -> None:
    now = timezone.now()
    digest = make_digest()
    subscriber = make_subscriber(themes=["security"])
    make_delivery(digest, subscriber, state=Mail.State.SENT, sent_at=now, message_id="<1@example.org>", reply="250 OK")
    make_delivery(digest, make_subscriber())
    make_letter(subscriber)
    MailEvent.objects.create(
        service="Postmark",
        event_id="1",
        kind=MailEvent.Kind.SOFT_BOUNCE,
        email_hash=email_hash(subscriber.email),
        effect="Soft bounce 1 of 5.",
        made_at=now,
    )
    before = pages.all_rows()
    response = pages.get(_path(subscriber, "export/"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    held = json.loads(response.content)
    assert held["subscriber"]["email"] == subscriber.email
    assert held["subscriber"]["themes"] == ["security"]
    assert held["subscriber"]["confirmed_at"] == subscriber.confirmed_at.isoformat()
    assert [(row["date"], row["state"], row["message_id"]) for row in held["deliveries"]] == [
        (digest.date.isoformat(), "sent", "<1@example.org>")
    ]
    assert [row["kind"] for row in held["letters"]] == ["confirm"]
    assert [row["effect"] for row in held["events"]] == ["Soft bounce 1 of 5."]
    assert held["suppression"] is None
    assert pages.all_rows() == before


def test_the_file_names_every_column_of_a_subscriber() -> None:
    subscriber = make_subscriber()
    held = json.loads(pages.get(_path(subscriber, "export/")).content)["subscriber"]
    columns = {field.name for field in Subscriber._meta.concrete_fields} - {"id", "public_id"}
    assert columns <= held.keys()
    assert held["id"] == subscriber.public_id


def test_erasing_takes_a_press_and_leaves_a_keyed_hash_alone() -> None:
    digest = make_digest()
    subscriber, other = make_subscriber("reader@example.org"), make_subscriber()
    make_delivery(digest, subscriber, state=Mail.State.SENT)
    make_delivery(digest, subscriber=other)
    make_letter(subscriber)
    path = _path(subscriber, "erase/")
    assert "cannot be undone" in pages.get(path).content.decode()
    Client().head(path)
    assert Subscriber.objects.count() == 2
    assert pages.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert Subscriber.objects.count() == 2
    assert pages.post(path).status_code == 200
    assert Subscriber.objects.get() == other
    assert Delivery.objects.get().subscriber == other
    assert not Letter.objects.exists()
    left = Suppression.objects.get()
    assert (left.reason, left.email_hash, left.detail) == ("erased", email_hash("READER@example.org"), "")
    assert not Change.objects.exists()
    assert pages.post(path).status_code == 200  # pressed twice
    assert pages.get(path).status_code == pages.get(_path(subscriber)).status_code == 404


def test_erasing_does_not_launder_a_complaint() -> None:
    now = timezone.now()
    subscriber = make_subscriber("reader@example.org")
    suppress(subscriber.email, Suppression.Reason.COMPLAINED, detail="reader says no", now=now - timedelta(days=1))
    erase(subscriber.public_id, now=now)
    left = Suppression.objects.get()
    assert (left.reason, left.detail) == ("complained", "")
    pages.ask("reader@example.org")
    assert not Subscriber.objects.exists()
    assert is_suppressed("reader@example.org")


def test_erasing_deletes_the_services_reports_too() -> None:
    subscriber = make_subscriber()
    for number, email in enumerate((subscriber.email, "other@example.org")):
        MailEvent.objects.create(
            service="Postmark",
            event_id=str(number),
            kind=MailEvent.Kind.SOFT_BOUNCE,
            email_hash=email_hash(email),
            effect="",
            made_at=timezone.now(),
        )
    erase(subscriber.public_id, now=timezone.now())
    assert MailEvent.objects.get().email_hash == email_hash("other@example.org")

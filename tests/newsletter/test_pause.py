"""What people do about sending, each act once and in the journal."""

from __future__ import annotations

import email
from datetime import timedelta
from email import policy

import pytest
from django.contrib.auth.models import User

from newsdesk.digests.models import Digest
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.newsletter.actions.pause import pause_mailing, resume_mailing
from newsdesk.newsletter.actions.resolve import resolve
from newsdesk.newsletter.actions.send_test import send_test
from newsdesk.newsletter.delivery.outbox import is_open, pause, resume, the_outbox
from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.models import Delivery, Mail, Mailing, Suppression
from newsdesk.newsletter.people.suppressions import suppress
from tests.newsletter.mailings import LATER, Recorder, make_mailing, make_published, run, states
from tests.newsletter.rows import NOW

pytestmark = pytest.mark.django_db

State = Mail.State
ADA, BEA = "ada@example.org", "bea@example.org"


@pytest.fixture
def person() -> User:
    return User.objects.create_user("sender")


def journal() -> list[tuple[str, str, str]]:
    return list(Change.objects.order_by("pk").values_list("verb", "subject", "actor_name"))


def test_pausing_everything_and_going_on(person: User) -> None:
    make_mailing(ADA)
    pause("Stopped by hand.", actor=person, now=NOW)
    pause("Stopped again.", actor=None, now=NOW)
    assert the_outbox().reason == "Stopped by hand."
    assert run(Recorder()) == 0
    resume(actor=person, now=NOW)
    resume(actor=person, now=NOW)
    assert is_open(NOW)
    assert run(Recorder()) == 1
    assert journal()[1:] == [("mailing.pause", "outbox", "sender"), ("mailing.resume", "outbox", "sender")]


def test_pausing_one_mailing_and_going_on(person: User) -> None:
    digest = make_mailing(ADA)
    pause_mailing(digest.mailing, hand=Hand(person, NOW))
    with pytest.raises(ActRefused):
        pause_mailing(digest.mailing, hand=Hand(person, NOW))
    assert run(Recorder()) == 0
    resume_mailing(digest.mailing, hand=Hand(person, NOW))
    with pytest.raises(ActRefused):
        resume_mailing(digest.mailing, hand=Hand(person, NOW))
    assert run(Recorder()) == 1
    subject = "digest daily 2026-03-25"
    assert journal()[1:] == [("mailing.pause", subject, "sender"), ("mailing.resume", subject, "sender")]


def unknown_delivery() -> Delivery:
    digest = make_mailing(ADA, BEA)
    run(Recorder(ada=Outcome(Kind.UNKNOWN, "gone")))
    return digest.deliveries.get(subscriber__email=ADA)


def test_it_arrived(person: User) -> None:
    delivery = unknown_delivery()
    resolve(delivery, has_arrived=True, hand=Hand(person, NOW + LATER))
    delivery.refresh_from_db()
    assert delivery.state == State.SENT and delivery.sent_at == delivery.claimed_at
    with pytest.raises(ActRefused):
        resolve(delivery, has_arrived=False, hand=Hand(person, NOW + LATER))
    recorder = Recorder()
    run(recorder, NOW + LATER)
    assert recorder.sent == []
    assert journal()[-1] == ("delivery.resolve", f"delivery {delivery.pk}", "sender")


def test_send_it_again_under_the_same_message_id(person: User) -> None:
    delivery = unknown_delivery()
    assert Mailing.objects.get().state == Mailing.State.DONE
    resolve(delivery, has_arrived=False, hand=Hand(person, NOW + LATER))
    recorder = Recorder()
    run(recorder, NOW + LATER)
    ((to, message),) = recorder.sent
    assert to == ADA
    assert email.message_from_bytes(message)["Message-ID"] == delivery.message_id
    assert set(states(delivery.digest).values()) == {State.SENT}
    assert Mailing.objects.get().state == Mailing.State.DONE


def test_a_test_is_marked_and_leaves_no_delivery_even_before_publication(person: User) -> None:
    digest = make_published()
    Digest.objects.update(state=Digest.State.DRAFT, published_at=None)
    digest.refresh_from_db()
    recorder = Recorder()
    outcome = send_test(digest, "tester@example.org", hand=Hand(person, NOW), transport=recorder)
    assert outcome.kind == Kind.SENT
    ((to, data),) = recorder.sent
    message = email.message_from_bytes(data, policy=policy.default)
    assert to == "tester@example.org" and message["Subject"].startswith("[Test] ")
    assert "mark.invalid" not in message.as_string()
    assert not Delivery.objects.exists() and not Mailing.objects.exists()
    change = Change.objects.get()
    assert (change.verb, change.subject) == ("mailing.test", "digest daily 2026-03-25")
    assert "tester" not in str(change.after)


def test_a_test_never_goes_to_a_suppressed_address(person: User) -> None:
    digest = make_published()
    suppress(ADA, Suppression.Reason.COMPLAINED, now=NOW)
    recorder = Recorder()
    with pytest.raises(ActRefused):
        send_test(digest, ADA, hand=Hand(person, NOW + timedelta(days=1)), transport=recorder)
    assert recorder.sent == []

"""Sending over real SMTP: who gets what, what is tried again, what stops everything."""

from __future__ import annotations

import email
import signal
import threading
import time
from datetime import timedelta
from email import policy
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.lease import Lease, release_lease, take_lease
from newsdesk.newsletter.actions.pause import pause_mailing, resume_mailing
from newsdesk.newsletter.actions.resolve import resolve
from newsdesk.newsletter.delivery.outbox import resume, the_outbox
from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.send import REFUSALS_IN_A_ROW
from newsdesk.newsletter.delivery.stop import heeding_stop
from newsdesk.newsletter.models import Letter, Mail, Mailing, Outbox, Subscriber, Suppression
from newsdesk.newsletter.people.preferences import unsubscribe
from newsdesk.newsletter.people.suppressions import is_suppressed
from tests.newsletter.mailings import LATER, Recorder, make_mailing, make_published, run, smtp, states, subscriber
from tests.newsletter.rows import NOW, make_delivery, make_letter, make_subscriber
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.django_db

ADA, BEA, CY = "ada@example.org", "bea@example.org", "cy@example.org"
State = Mail.State


def test_everyone_gets_the_digest_once(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)
    assert run(smtp(smtp_server)) == 2
    assert run(smtp(smtp_server), NOW + LATER) == 0
    assert smtp_server.received() == {ADA: 1, BEA: 1}
    assert states(digest) == {ADA: State.SENT, BEA: State.SENT}
    mailing = Mailing.objects.get()
    assert mailing.state == Mailing.State.DONE and mailing.finished_at is not None


def test_a_mail_says_what_it_must(smtp_server: SmtpServer, settings: Any) -> None:
    settings.SITE_URL = "https://news.example"
    digest = make_mailing(ADA, BEA)
    run(smtp(smtp_server))
    one, other = (email.message_from_bytes(mail.data, policy=policy.default) for mail in smtp_server.accepted)
    for name in ("Message-ID", "Date", "From", "To", "Subject", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"):
        assert len(one.get_all(name)) == 1, name
    assert one["Message-ID"] == digest.deliveries.get(subscriber__email=ADA).message_id
    assert one["Message-ID"].endswith("@news.example>") and one["Message-ID"] != other["Message-ID"]
    assert one["List-Unsubscribe"].startswith("<https://news.example/newsletter/unsubscribe/")
    assert one["List-Unsubscribe"] != other["List-Unsubscribe"]
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]
    assert max(map(len, smtp_server.accepted[0].data.split(b"\r\n"))) <= 998


def test_themes_choose_what_is_in_it_or_that_there_is_none(smtp_server: SmtpServer) -> None:
    make_subscriber(ADA, themes=["security"])
    make_subscriber(BEA, themes=["people"])
    make_subscriber(CY)
    digest = make_mailing()
    assert run(smtp(smtp_server)) == 3
    assert states(digest) == {ADA: State.SENT, BEA: State.SKIPPED, CY: State.SENT}
    texts = {mail.to: mail.data for mail in smtp_server.accepted}
    assert b"cranes" in texts[CY] and b"breached" in texts[CY]
    assert b"cranes" not in texts[ADA] and b"breached" in texts[ADA]


@pytest.mark.parametrize("leaves", ["unsubscribed", "suppressed", "erased"])
def test_who_leaves_while_it_is_sent_gets_none(smtp_server: SmtpServer, leaves: str) -> None:
    digest = make_mailing(ADA, BEA)
    who = subscriber(BEA)

    def leave() -> None:
        # In the sending thread, between two mails, where another process might do it.
        if leaves == "erased":
            who.delete()
        else:
            Subscriber.objects.filter(pk=who.pk).update(state=leaves)

    run(Hooked(smtp(smtp_server), after_first=leave))
    assert smtp_server.received() == {ADA: 1}
    assert states(digest).get(BEA) == (None if leaves == "erased" else State.SKIPPED)


class Hooked:
    """A transport after whose first mail something happens."""

    def __init__(self, transport: Any, after_first: Any) -> None:
        self._transport, self._after = transport, [after_first]

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        outcome = self._transport.send(mail_from, to, message)
        while self._after:
            self._after.pop()()
        return outcome

    def close(self) -> None:
        self._transport.close()


def test_for_now_means_later_up_to_48_hours(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)
    smtp_server.refuse("rcpt", "451 4.3.0 try later", to=ADA)
    now = NOW
    run(smtp(smtp_server), now)
    delivery = digest.deliveries.get(subscriber__email=ADA)
    assert (delivery.state, delivery.attempts, delivery.reply) == (State.QUEUED, 1, "451 4.3.0 try later")
    assert timedelta(minutes=4) <= delivery.next_attempt_at - now <= timedelta(minutes=6)
    assert run(smtp(smtp_server), now + timedelta(minutes=3)) == 0
    message_ids = {delivery.message_id}
    while delivery.state == State.QUEUED:
        now = delivery.next_attempt_at + timedelta(seconds=1)
        assert run(smtp(smtp_server), now) == 1
        delivery.refresh_from_db()
        message_ids.add(delivery.message_id)
    assert delivery.state == State.FAILED
    assert timedelta(hours=36) < now - NOW <= timedelta(hours=48, minutes=10)
    assert len(message_ids) == 1 and "" not in message_ids
    assert smtp_server.received() == {BEA: 1}
    assert not is_suppressed(ADA)


def test_a_mail_sent_again_is_the_same_mail(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA)
    smtp_server.drop("dot", times=1)
    run(smtp(smtp_server))
    resolve(digest.deliveries.get(), has_arrived=False, hand=Hand(None, NOW))
    run(smtp(smtp_server), NOW + LATER)
    first, second = smtp_server.accepted
    assert first.data == second.data


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_no_such_mailbox_suppresses(smtp_server: SmtpServer, stage: str) -> None:
    digest = make_mailing(ADA, BEA)
    smtp_server.refuse(stage, "550 5.1.1 <ada@example.org> unknown", to=ADA)
    run(smtp(smtp_server))
    assert states(digest) == {ADA: State.FAILED, BEA: State.SENT}
    assert subscriber(ADA).state == Subscriber.State.SUPPRESSED
    suppression = Suppression.objects.get()
    assert suppression.reason == Suppression.Reason.BOUNCED
    assert "ada" not in suppression.detail and "5.1.1" in suppression.detail


def test_a_full_mailbox_is_borne_four_times(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("rcpt", "552 5.2.2 mailbox full")
    make_subscriber(ADA)
    for day in range(5):
        assert subscriber(ADA).state == Subscriber.State.ACTIVE
        now = NOW + timedelta(days=day)
        digest = make_mailing(digest=make_published(now.date()))
        run(smtp(smtp_server), now)
        assert states(digest) == {ADA: State.FAILED}
    assert subscriber(ADA).state == Subscriber.State.SUPPRESSED
    assert Suppression.objects.get().reason == Suppression.Reason.SOFT_BOUNCES


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("rcpt", "550 5.7.1 your address is on a list"),
        ("dot", "554 5.7.26 not authenticated"),
        ("mail", "553 5.7.1 sender not allowed"),
        ("connect", "554 no service here"),
    ],
)
def test_a_block_pauses_everything_until_a_person_resumes(smtp_server: SmtpServer, stage: str, reply: str) -> None:
    digest = make_mailing(ADA, BEA, CY)
    smtp_server.refuse(stage, reply)
    run(smtp(smtp_server))
    outbox = the_outbox()
    assert outbox.is_paused and outbox.reason == f"The mail server said: {reply}"
    assert Change.objects.get(verb="mailing.pause").subject == "outbox"
    assert set(states(digest).values()) == {State.QUEUED}
    smtp_server.behave()
    assert run(smtp(smtp_server), NOW + LATER) == 0
    assert not Suppression.objects.exists()
    resume(actor=None, now=NOW + LATER)
    run(smtp(smtp_server), NOW + LATER)
    assert smtp_server.received() == {ADA: 1, BEA: 1, CY: 1}


def test_who_blocks_us_again_after_a_resumption_refuses_for_itself(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)
    smtp_server.refuse("rcpt", "550 5.7.1 not from you", to=ADA)
    run(smtp(smtp_server))
    assert the_outbox().is_paused
    resume(actor=None, now=NOW + LATER)
    run(smtp(smtp_server), NOW + LATER)
    assert not the_outbox().is_paused
    assert states(digest) == {ADA: State.FAILED, BEA: State.SENT}


def test_a_server_that_is_away_costs_no_attempts(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA, CY)
    smtp_server.refuse("connect", "421 4.3.2 in maintenance")
    now, waits = NOW, []
    for _ in range(4):
        assert run(smtp(smtp_server), now) == 0
        retry_at = the_outbox().retry_at
        assert retry_at is not None
        assert run(smtp(smtp_server), retry_at - timedelta(seconds=2)) == 0
        waits.append((retry_at - now).total_seconds())
        now = retry_at + timedelta(seconds=1)
    assert all(after > before for before, after in pairwise(waits))
    assert smtp_server.conversations == 4
    assert set(digest.deliveries.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    smtp_server.behave()
    assert run(smtp(smtp_server), now) == 3
    assert (the_outbox().failures, the_outbox().retry_at, the_outbox().reason) == (0, None, "")


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_mail_that_breaks_the_connection_does_not_hold_up_the_others(smtp_server: SmtpServer, stage: str) -> None:
    digest = make_mailing(ADA, BEA)
    smtp_server.drop(stage, to=ADA)
    run(smtp(smtp_server))
    assert states(digest) == {ADA: State.QUEUED, BEA: State.SENT}
    assert the_outbox().retry_at is None


def test_after_the_final_dot_a_mail_is_listed_and_never_sent_again(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)
    smtp_server.drop("dot", to=ADA)
    run(smtp(smtp_server))
    smtp_server.behave()
    for hours in (1, 24, 100):
        run(smtp(smtp_server), NOW + timedelta(hours=hours))
    assert states(digest) == {ADA: State.UNKNOWN, BEA: State.SENT}
    assert smtp_server.received() == {ADA: 1, BEA: 1}


def test_a_server_that_swallows_its_answers_costs_few_unknowns(smtp_server: SmtpServer) -> None:
    digest = make_mailing(*(f"n{n}@example.org" for n in range(12)))
    smtp_server.drop("dot")
    run(smtp(smtp_server))
    assert sorted(states(digest).values()).count(State.UNKNOWN) == 3
    assert the_outbox().retry_at is not None


@pytest.mark.parametrize(
    ("reply", "is_paused"), [("550 no such user here", True), ("450 4.2.0 not now", False), ("554 5.6.0 no", True)]
)
def test_refused_again_and_again_it_is_no_longer_about_the_mails(
    smtp_server: SmtpServer,
    reply: str,
    is_paused: bool,
) -> None:
    digest = make_mailing(*(f"n{n:02}@example.org" for n in range(REFUSALS_IN_A_ROW + 5)))
    smtp_server.refuse("rcpt", reply)
    run(smtp(smtp_server))
    outbox = the_outbox()
    assert outbox.is_paused == is_paused and (outbox.retry_at is not None) != is_paused
    assert digest.deliveries.filter(attempts=0).count() == 5


def test_letters_go_first_and_only_where_they_still_fit(smtp_server: SmtpServer) -> None:
    make_mailing(ADA, BEA)
    asking = make_letter(make_subscriber("new@example.org", state=Subscriber.State.PENDING))
    moot = make_letter(make_subscriber("quick@example.org"))
    link = make_letter(make_subscriber("again@example.org"), Letter.Kind.LINK)
    gone = make_letter(make_subscriber("gone@example.org", state=Subscriber.State.SUPPRESSED))
    run(smtp(smtp_server))
    assert [mail.to for mail in smtp_server.accepted] == ["new@example.org", "again@example.org", ADA, BEA]
    letter = email.message_from_bytes(smtp_server.accepted[0].data, policy=policy.default)
    assert letter["Auto-Submitted"] == "auto-generated" and letter["List-Unsubscribe"] is None
    for row, state in ((asking, State.SENT), (link, State.SENT), (moot, State.SKIPPED), (gone, State.SKIPPED)):
        row.refresh_from_db()
        assert row.state == state


def test_a_mail_that_cannot_be_made_waits_and_the_others_go(smtp_server: SmtpServer) -> None:
    digest = make_mailing("with space@example.org", BEA)
    run(smtp(smtp_server))
    delivery = digest.deliveries.get(subscriber__email="with space@example.org")
    assert delivery.state == State.QUEUED and delivery.reply.startswith("It could not be made")
    assert smtp_server.received() == {BEA: 1}


def test_a_paused_mailing_waits_from_the_next_mail_on(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)
    mailing = digest.mailing
    run(Hooked(smtp(smtp_server), after_first=lambda: pause_mailing(mailing, hand=Hand(None, NOW))))
    assert smtp_server.received() == {ADA: 1}
    resume_mailing(mailing, hand=Hand(None, NOW))
    run(smtp(smtp_server))
    assert smtp_server.received() == {ADA: 1, BEA: 1}


def test_one_sender_at_a_time(smtp_server: SmtpServer) -> None:
    make_mailing(ADA)
    assert take_lease("mail", "another", now=timezone.now(), duration=timedelta(minutes=1))
    assert run(smtp(smtp_server)) == 0
    release_lease("mail", "another", now=timezone.now())
    assert run(smtp(smtp_server)) == 1


def test_who_lost_the_lease_claims_no_more(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA, BEA)

    def lose() -> None:
        Lease.objects.filter(name="mail").update(holder="another")

    assert run(Hooked(smtp(smtp_server), after_first=lose)) == 1
    assert states(digest) == {ADA: State.SENT, BEA: State.QUEUED}


def test_a_claim_whose_sender_is_gone_is_unknown(smtp_server: SmtpServer) -> None:
    digest = make_published()
    make_delivery(digest, make_subscriber(ADA), state=State.INFLIGHT, claimed_at=NOW)
    make_mailing(BEA, digest=digest)
    run(smtp(smtp_server))
    assert states(digest) == {ADA: State.UNKNOWN, BEA: State.SENT}
    assert smtp_server.received() == {BEA: 1}


def test_a_sender_that_was_only_slow_tells_what_it_knows(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA)

    def take_over() -> None:
        digest.deliveries.update(state=State.UNKNOWN)

    run(Hooked(smtp(smtp_server), after_first=take_over))
    assert states(digest) == {ADA: State.SENT}


def test_the_rate_is_even_and_holds_from_run_to_run(smtp_server: SmtpServer, settings: Any) -> None:
    settings.MAIL_RATE_PER_MINUTE = 600
    make_mailing(*(f"n{n}@example.org" for n in range(8)))
    times: list[float] = []
    smtp_server.call("dot", lambda: times.append(time.monotonic()))
    now = NOW
    while len(times) < 8:
        run(smtp(smtp_server), now, seconds=0.25)
        now += timedelta(seconds=1)
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) > 0.045
    assert times[-1] - times[0] >= 0.65


def test_a_mail_that_would_wait_past_the_deadline_waits_for_the_next_run(
    smtp_server: SmtpServer,
    settings: Any,
) -> None:
    settings.MAIL_RATE_PER_MINUTE = 1
    make_mailing(ADA, BEA)
    started = time.monotonic()
    assert run(smtp(smtp_server), seconds=45) == 1
    assert run(smtp(smtp_server), NOW + LATER) == 0
    assert time.monotonic() - started < 5
    assert Lease.objects.get(name="mail").expires_at > timezone.now() + timedelta(seconds=50)


def test_sigterm_ends_it_after_the_mail_in_hand(smtp_server: SmtpServer) -> None:
    digest = make_mailing(*(f"n{n}@example.org" for n in range(6)))
    got: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda signum, _: got.append(signum))
    main = threading.main_thread().ident
    assert main is not None
    smtp_server.call("body", lambda: signal.pthread_kill(main, signal.SIGTERM), times=1)
    try:
        with heeding_stop() as is_stopped:
            assert run(smtp(smtp_server), should_stop=is_stopped) == 1
            assert got == []
    finally:
        signal.signal(signal.SIGTERM, earlier)
    assert got == [signal.SIGTERM]
    assert sorted(states(digest).values()) == sorted([State.SENT] + [State.QUEUED] * 5)
    assert run(smtp(smtp_server)) == 5
    assert set(smtp_server.received().values()) == {1}


def test_a_mail_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    make_mailing(*(f"n{n}@example.org" for n in range(40)))
    # Lease, claim, record and their savepoints; nothing grows with the number of mails.
    with django_assert_max_num_queries(40 * 8 + 30):
        assert run(Recorder()) == 40


def test_with_nothing_to_send_nothing_is_written(django_assert_num_queries: Any) -> None:
    make_mailing(ADA)
    run(Recorder())
    with django_assert_num_queries(4) as queries:  # whether it is paused, and the three kinds of work
        assert run(Recorder()) == 0
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_unsubscribed_by_the_link_in_the_mail_before(smtp_server: SmtpServer) -> None:
    digest = make_mailing(ADA)
    unsubscribe(subscriber(ADA).public_id, now=NOW)
    run(smtp(smtp_server))
    assert smtp_server.accepted == []
    assert states(digest) == {ADA: State.SKIPPED}


def test_an_outbox_row_is_not_needed() -> None:
    make_mailing(ADA)
    assert not Outbox.objects.exists()
    recorder = Recorder(ada=Outcome(Kind.LATER, "450 not now"))
    assert run(recorder) == 1
    assert recorder.count() == {ADA: 1}

"""The logbook: its lines, its file under kills, full disks and several writers, and what it makes of a database."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsdesk.journal.hand import Hand
from newsdesk.newsletter.actions.suppress import lift
from newsdesk.newsletter.delivery import opening
from newsdesk.newsletter.delivery.covering import Evidence, Verdict, begin_logbook, judge
from newsdesk.newsletter.delivery.opening import compare_logbook, keep_logbook
from newsdesk.newsletter.delivery.outbox import resume, the_outbox
from newsdesk.newsletter.delivery.outcome import Kind as OutcomeKind
from newsdesk.newsletter.delivery.outcome import Outcome
from newsdesk.newsletter.delivery.queue import MailedBefore, start_mailing
from newsdesk.newsletter.delivery.seed import shorten
from newsdesk.newsletter.logbook.file import NoLogbook, Reader, begin, rewrite, write
from newsdesk.newsletter.logbook.lines import Kind, Known, Line, read_line
from newsdesk.newsletter.models import Delivery, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.personal import erase
from newsdesk.newsletter.people.preferences import unsubscribe
from newsdesk.newsletter.people.suppressions import suppress
from newsdesk.newsletter.people.tokens import email_hash
from tests.newsletter.mailings import Recorder, make_mailing, make_published, run, states, subscriber
from tests.newsletter.rows import NOW, make_subscriber

WHO, OTHER = "a" * 64, "b" * 64
HOUR = timedelta(hours=1)
ABOUT = "daily/2026-03-25"


def sent(who: str = WHO, about: str = ABOUT, at: datetime = NOW) -> Line:
    return Line(Kind.SENT, at, about, who)


def known_of(*lines: Line) -> Known:
    known = Known()
    known.take(lines)
    return known


def read() -> Known:
    return Reader().read()


# Lines


def test_a_line_is_read_as_it_was_written_and_a_torn_one_is_none() -> None:
    line = Line(Kind.LEFT, datetime(2026, 3, 25, 8, 1, 2, 3, tzinfo=UTC), "unsubscribed", WHO)
    text = str(line).removesuffix("\n")
    assert read_line(text) == line
    assert [read_line(text[:cut]) for cut in range(len(text))] == [None] * len(text)
    assert read_line(text.replace("left", "lost")) is None
    assert read_line(text.replace("-25T08", "-32T08")) is None


def test_what_was_not_handed_over_after_all_may_be_sent_again() -> None:
    known = known_of(sent(), sent(OTHER), Line(Kind.UNSENT, NOW, ABOUT, WHO))
    assert known.sent_at(ABOUT, [WHO]) is None
    assert known.sent_at(ABOUT, ["c" * 64, OTHER]) == NOW
    assert known.sent_at("daily/2026-03-24", [OTHER]) is None


def test_how_somebody_stands_by_their_lines() -> None:
    def line(kind: Kind, hours: int, about: str = "-") -> Line:
        return Line(kind, NOW + hours * HOUR, about, WHO)

    left, erased = line(Kind.LEFT, 1, "unsubscribed"), line(Kind.LEFT, 2, "erased")
    bounced, joined, lifted = line(Kind.LEFT, 3, "bounced"), line(Kind.JOINED, 4), line(Kind.LIFTED, 5)

    def stands(*lines: Line) -> Any:
        return known_of(*lines).standing([WHO])

    assert stands() is None
    assert stands(left).has_left and not stands(left).suppression
    assert stands(left, erased).is_erased
    assert stands(bounced, line(Kind.LEFT, 4, "complained")).suppression == "bounced"
    assert not stands(left, erased, joined).is_gone
    assert stands(bounced, lifted).is_gone and not stands(bounced, lifted).suppression
    assert not stands(bounced, lifted, line(Kind.JOINED, 6)).is_gone


def test_old_sends_become_one_line_and_departures_stay() -> None:
    old, new = NOW - timedelta(days=4), NOW - HOUR
    lines = [
        sent(at=old, about="daily/2026-03-21"),
        sent(OTHER, at=old, about="daily/2026-03-21"),
        sent(at=old, about="weekly/2026-03-21"),
        sent(at=new),
        sent(at=old, about="letter-confirm/2026-03-21"),
        sent(at=NOW - timedelta(days=61), about="letter-confirm/2026-01-23"),
        Line(Kind.JOINED, old, "-", WHO),
        Line(Kind.LEFT, old, "erased", OTHER),
        Line(Kind.JOINED, new, "-", OTHER),
    ]
    short = shorten(lines, {"weekly/2026-03-21"}, NOW)
    assert set(short) == {
        Line(Kind.MAILED, old, "daily/2026-03-21"),
        lines[2],
        lines[3],
        lines[4],
        lines[7],
        lines[8],
    }
    before, after = known_of(*lines), known_of(*short)
    assert after.people[OTHER] == before.people[OTHER]
    assert after.sent_at("daily/2026-03-21", ["c" * 64]) == old
    assert shorten(short, {"weekly/2026-03-21"}, NOW) == short


# The file


def test_it_is_its_owners_alone_and_torn_lines_spoil_no_others(logbook: Path) -> None:
    begin([sent()])
    assert logbook.stat().st_mode & 0o777 == 0o600
    whole = logbook.read_bytes()
    for cut in range(1, len(str(sent()))):
        logbook.write_bytes(whole[:-cut])
        write(sent(OTHER))
        known = read()
        assert known.sent_at(ABOUT, [OTHER]) == NOW, cut
        assert (known.sent_at(ABOUT, [WHO]) is None) == (cut > 1), cut


def test_without_a_file_nothing_is_written_and_none_is_made(logbook: Path) -> None:
    with pytest.raises(NoLogbook):
        write(sent())
    with pytest.raises(NoLogbook):
        read()
    assert not logbook.exists()
    begin([sent()])
    begin([])  # the second of two that begin at once
    assert read().sent_at(ABOUT, [WHO]) == NOW


FILL = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = os.path.getsize(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, size + 40))
import django; django.setup()
from tests.newsletter.test_logbook import OTHER, sent
from newsdesk.newsletter.logbook.file import NoLogbook, write
try:
    write(sent(OTHER))
except NoLogbook as error:
    print(error)
"""


def test_a_line_that_finds_no_room_is_taken_back_and_said(logbook: Path) -> None:
    begin([sent()])
    before = logbook.read_bytes()
    environment = {**os.environ, "MAIL_LOGBOOK": str(logbook), "DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    told = subprocess.run(
        [sys.executable, "-c", FILL, str(logbook)], env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert "cannot be written: File too large." in told.stdout, told.stderr
    assert logbook.read_bytes() == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_many_writers_lose_nothing_while_the_file_is_put_anew(logbook: Path) -> None:
    begin([])
    writers, lines = 4, 60

    def add(writer: int) -> None:
        for number in range(lines):
            write(sent(f"{writer:032x}{number:032x}"))

    threads = [threading.Thread(target=add, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        rewrite(lambda found: found)
    for thread in threads:
        thread.join()
    assert len(read().sends[ABOUT]) == writers * lines


def test_a_reader_reads_on_and_notices_another_file(logbook: Path) -> None:
    begin([sent()])
    reader = Reader()
    assert reader.read().sent_at(ABOUT, [WHO])
    write(sent(OTHER))
    assert reader.read().sent_at(ABOUT, [OTHER])
    logbook.unlink()
    begin([sent(OTHER), sent("c" * 64), sent("d" * 64)])
    known = reader.read()
    assert known.sent_at(ABOUT, [WHO]) is None and known.sent_at(ABOUT, ["d" * 64])


# Whether it may be relied on


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (Evidence(False, None, None, False), Verdict.BEGIN),  # a new installation
        (Evidence(False, None, NOW - HOUR, True), Verdict.BEGIN),  # a desk from before there was a logbook
        (Evidence(False, None, NOW - timedelta(days=3), True), Verdict.PAUSE),  # an old backup
        (Evidence(False, NOW - HOUR, NOW, True), Verdict.PAUSE),  # it is gone
        (Evidence(False, NOW - HOUR, NOW, False), Verdict.BEGIN),  # gone, and nobody to be mailed
        (Evidence(True, None, NOW - timedelta(days=30), True), Verdict.USE),  # an old backup beside its logbook
        (Evidence(True, NOW - HOUR, NOW, True), Verdict.USE),
        (Evidence(True, NOW - HOUR, NOW, True, lacks=True), Verdict.PAUSE),
    ],
)
def test_when_mail_may_go(evidence: Evidence, verdict: Verdict) -> None:
    found, why = judge(evidence, path="x", now=NOW)
    assert found == verdict
    assert why.startswith("The mail logbook ") == (verdict == Verdict.PAUSE)


# With a database


@pytest.mark.django_db
def test_a_new_desk_begins_one_and_an_older_desk_fills_it(logbook: Path) -> None:
    digest = make_mailing("one@example.org", "two@example.org")
    make_subscriber("gone@example.org", state="unsubscribed")
    suppress("never@example.org", Suppression.Reason.COMPLAINED, now=NOW)
    Delivery.objects.filter(subscriber__email="one@example.org").update(state="sent", claimed_at=NOW)
    out = Recorder()
    run(out)
    assert out.count() == {"two@example.org": 1}
    assert not the_outbox().is_paused
    known = read()
    assert set(known.sends[ABOUT]) == {email_hash("one@example.org"), email_hash("two@example.org")}
    assert {known.people[email_hash(f"{one}@example.org")].is_gone for one in ("gone", "never")} == {True}
    assert states(digest) == {"one@example.org": "sent", "two@example.org": "sent"}
    assert logbook.exists()


@pytest.mark.django_db
def test_an_old_database_without_a_logbook_is_not_mailed_from_until_a_person_says_so() -> None:
    make_mailing("one@example.org")
    out = Recorder()
    run(out, NOW + timedelta(days=2))
    assert the_outbox().is_paused and "was put back" in the_outbox().reason
    resume(actor=None, now=NOW + timedelta(days=2))
    run(out, NOW + timedelta(days=2))
    assert out.count() == {"one@example.org": 1}
    run(out, NOW + timedelta(days=4))
    assert not the_outbox().is_paused


@pytest.mark.django_db
def test_a_logbook_that_is_lost_pauses_mail_and_a_person_begins_another(logbook: Path) -> None:
    make_mailing("one@example.org")
    out = Recorder()
    run(out)
    logbook.unlink()
    make_subscriber("two@example.org")
    digest = make_mailing(digest=make_published(date(2026, 3, 26)))
    run(out)
    assert the_outbox().is_paused and "is gone" in the_outbox().reason
    assert out.count() == {"one@example.org": 1}
    resume(actor=None, now=NOW)
    run(out)
    assert states(digest) == {"one@example.org": "sent", "two@example.org": "sent"}
    assert email_hash("one@example.org") in read().sends[ABOUT]


@pytest.mark.django_db
def test_an_older_copy_of_the_logbook_is_noticed(logbook: Path) -> None:
    begin_logbook(now=NOW - timedelta(days=1))
    old = logbook.read_bytes()
    make_mailing("one@example.org")
    run(Recorder())
    logbook.write_bytes(old)
    assert compare_logbook(now=NOW) is None
    assert the_outbox().is_paused and "lacks mails" in the_outbox().reason
    resume(actor=None, now=NOW)
    assert email_hash("one@example.org") in read().sends[ABOUT]
    assert compare_logbook(now=NOW) is not None
    assert not the_outbox().is_paused


@pytest.mark.django_db
def test_what_cannot_be_written_down_is_not_sent_and_goes_by_itself_later(logbook: Path) -> None:
    digest = make_mailing("one@example.org", "two@example.org")
    away = logbook.with_suffix(".away")

    class Losing(Recorder):
        """While it sends, the disk with the logbook goes away."""

        def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
            logbook.rename(away)
            return super().send(mail_from, to, message)

    out = Losing()
    run(out)
    assert out.count() == {"one@example.org": 1}
    assert states(digest) == {"one@example.org": "sent", "two@example.org": "queued"}
    outbox = the_outbox()
    assert outbox.retry_at and outbox.reason.startswith("The mail logbook") and not outbox.is_paused
    away.rename(logbook)
    out = Recorder()
    run(out, NOW + HOUR)
    assert out.count() == {"two@example.org": 1}


@pytest.mark.django_db
def test_a_mail_that_was_refused_for_now_is_sent_again_and_one_that_was_not_is_not() -> None:
    digest = make_mailing("busy@example.org")
    out = Recorder(busy=Outcome(OutcomeKind.LATER, "450 4.2.0 busy"))
    run(out)
    opening._compared.clear()
    assert compare_logbook(now=NOW)
    assert states(digest) == {"busy@example.org": "queued"}
    out = Recorder()
    run(out, NOW + HOUR)
    assert out.count() == {"busy@example.org": 1}
    Delivery.objects.update(state="queued", next_attempt_at=NOW)  # as an older database has it
    Mailing.objects.update(state="sending")
    run(out, NOW + HOUR)
    assert out.count() == {"busy@example.org": 1}
    assert states(digest) == {"busy@example.org": "sent"}


@pytest.mark.django_db(transaction=True)
def test_whoever_left_is_taken_out_of_an_older_database_and_whoever_came_back_stays() -> None:
    begin_logbook(now=NOW - HOUR)
    for name in ("leaves", "erased", "bounces", "stays"):
        make_subscriber(f"{name}@example.org")
    unsubscribe(subscriber("leaves@example.org").public_id, now=NOW)
    erase(subscriber("erased@example.org").public_id, now=NOW)
    suppress("bounces@example.org", Suppression.Reason.BOUNCED, detail="550", now=NOW)
    suppress("stranger@example.org", Suppression.Reason.COMPLAINED, now=NOW)
    # The database as it was before, but that one has confirmed anew since.
    Subscriber.objects.filter(email__startswith="leaves").update(state="active")
    Subscriber.objects.filter(email__startswith="bounces").update(state="active")
    make_subscriber("erased@example.org", asked_at=NOW + HOUR, confirmed_at=NOW + HOUR)
    Suppression.objects.all().delete()
    done = compare_logbook(now=NOW + HOUR)
    assert done and done.departures == 3
    assert {one.email.partition("@")[0]: one.state for one in Subscriber.objects.all()} == {
        "leaves": "unsubscribed",
        "erased": "active",
        "bounces": "suppressed",
        "stays": "active",
    }
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"bounced", "complained"}
    again = compare_logbook(now=NOW + HOUR)
    assert again and not again.was_put_back and not again.written


@pytest.mark.django_db(transaction=True)
def test_a_lifted_suppression_stays_lifted() -> None:
    begin_logbook(now=NOW)
    make_subscriber("one@example.org")
    suppress("one@example.org", Suppression.Reason.BY_HAND, now=NOW)
    old = list(Suppression.objects.all())
    lift(old[0], hand=Hand(None, NOW + HOUR))
    Suppression.objects.bulk_create(old)
    Subscriber.objects.update(state="suppressed")
    done = compare_logbook(now=NOW + HOUR)
    assert done and done.lifts == 1
    assert not Suppression.objects.exists()
    assert subscriber("one@example.org").state == "unsubscribed"


@pytest.mark.django_db
def test_under_a_new_key_everybody_is_recognised_by_the_earlier_one(settings: Any) -> None:
    make_mailing("one@example.org", "two@example.org")
    run(Recorder())
    unsubscribe(subscriber("two@example.org").public_id, now=NOW)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    Subscriber.objects.update(state="active")
    Delivery.objects.update(state="queued")
    Mailing.objects.update(state="sending")
    out = Recorder()
    run(out)
    assert not out.sent
    assert subscriber("two@example.org").state == "unsubscribed"
    # Without the earlier key nobody is, so mail must not go.
    settings.SECRET_KEY_FALLBACKS = []
    Delivery.objects.update(state="sent", claimed_at=NOW + 2 * HOUR)
    assert compare_logbook(now=NOW + 3 * HOUR) is None
    assert the_outbox().is_paused and "SECRET_KEY" in the_outbox().reason


@pytest.mark.django_db
def test_a_digest_mailed_long_ago_is_not_mailed_again_even_by_hand() -> None:
    digest = make_mailing("one@example.org", digest=make_published())
    run(Recorder())
    keep_logbook(now=NOW + timedelta(days=4))
    assert set(read().mailed) == {ABOUT}
    Delivery.objects.all().delete()
    Mailing.objects.all().delete()
    with pytest.raises(MailedBefore, match="was mailed before"):
        start_mailing(digest, actor=None, now=NOW)

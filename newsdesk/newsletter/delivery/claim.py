"""The rows of sending: which mails are due, how one is claimed, and what is written once its outcome is known.

A mail is claimed by a committed UPDATE before any byte of it leaves, so nothing that happens afterwards makes it look
unsent; a claim whose sender is gone is an outcome that nobody knows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from newsdesk.lease import renew_lease
from newsdesk.newsletter.delivery.outcome import Kind, Outcome, is_block, retry_wait
from newsdesk.newsletter.delivery.sends import MAILED_BEFORE, write_unsent
from newsdesk.newsletter.logbook.file import NoLogbook
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing, Outbox, Subscriber, Suppression
from newsdesk.newsletter.people.bounces import SOFT_BOUNCES_BORNE
from newsdesk.newsletter.people.redact import as_kept
from newsdesk.newsletter.people.subscribe import LETTERS
from newsdesk.newsletter.people.suppressions import suppress

LEASE = "mail"
# Longer than one mail can take (`transports.smtp`); after a kill -9 the next sender waits so long.
LEASE_DURATION = timedelta(minutes=4)
PAGE_MAILS = 50

State = Mail.State
Claimable = Delivery | Letter
LOST = "The sender ended while this was being sent."
UNWANTED = "The subscriber does not want it any more."
_MAILBOX_REASONS = {
    Kind.NO_MAILBOX: Suppression.Reason.BOUNCED,
    Kind.MAILBOX_FULL: Suppression.Reason.SOFT_BOUNCES,
}


@contextmanager
def lasting_commits() -> Iterator[None]:
    """Within the block a commit is on the disk when it returns, on SQLite too.

    Newsdesk's WAL with synchronous=NORMAL may lose the last commits when the power goes: harmless for work that can be
    done again, but a forgotten claim would be mailed a second time. (PostgreSQL waits for the disk by itself.)
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={int(before)}")


def give_up_lost() -> int:
    """Make every claim without a sender unknown; how many. Only for the holder of the lease, before it claims any."""
    return sum(
        kind._default_manager.filter(state=State.INFLIGHT).update(state=State.UNKNOWN, reply=LOST)
        for kind in (Letter, Delivery)
    )


def due_mails(now: datetime) -> list[Claimable]:
    """The next mails to send: letters first, for somebody waits for them; then mailings in the order of their start."""
    letters = Letter.objects.filter(state=State.QUEUED, next_attempt_at__lte=now).select_related("subscriber")
    page: list[Claimable] = list(letters.order_by("next_attempt_at", "id")[:PAGE_MAILS])
    sending = Mailing.objects.filter(state=Mailing.State.SENDING).select_related("digest__edition")
    for mailing in () if page else sending.order_by("started_at", "id"):
        rows = Delivery.objects.filter(digest=mailing.digest, state=State.QUEUED, next_attempt_at__lte=now)
        for delivery in rows.select_related("subscriber").order_by("next_attempt_at", "id")[:PAGE_MAILS]:
            delivery.digest = mailing.digest  # one for the page: its texts are long
            page.append(delivery)
        if page:
            break
    return page


def claim(mail: Claimable, message_id: str, *, holder: str, now: datetime) -> bool:
    """Claim a queued mail for the holder of the lease, if it is still wanted and nothing is paused; commits.

    Raises:
        LeaseLost: Somebody else sends now.
    """
    with transaction.atomic(durable=True):
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
        free = _wanted(mail).filter(~Exists(Outbox.objects.filter(is_paused=True)), state=State.QUEUED)
        return free.update(state=State.INFLIGHT, claimed_at=now, message_id=message_id) == 1


def unclaim(mail: Claimable, *, claimed_at: datetime) -> None:
    """Give a claim back of which nobody outside knows yet."""
    rows = type(mail)._default_manager.filter(pk=mail.pk, claimed_at=claimed_at, state=State.INFLIGHT)
    rows.update(state=State.QUEUED, claimed_at=None)


def note_sent_before(mail: Claimable, at: datetime) -> bool:
    """A queued mail had gone out before the database was put back; whether it was queued."""
    rows = type(mail)._default_manager.filter(pk=mail.pk, state=State.QUEUED)
    return rows.update(state=State.SENT, sent_at=at, reply=MAILED_BEFORE) == 1


def drop_unwanted(mail: Claimable) -> bool:
    """Skip a queued mail whose subscriber has left meanwhile; whether it was."""
    rows = type(mail)._default_manager.filter(pk=mail.pk, state=State.QUEUED).exclude(_subscriber_wants(mail))
    return rows.update(state=State.SKIPPED, reply=UNWANTED) == 1


def skip(mail: Claimable, words: str) -> bool:
    """Skip a queued mail for a reason in words; whether it was."""
    rows = type(mail)._default_manager.filter(pk=mail.pk, state=State.QUEUED)
    return rows.update(state=State.SKIPPED, reply=words) == 1


def record(mail: Claimable, outcome: Outcome, *, claimed_at: datetime | None, now: datetime) -> Mail.State | None:
    """Write what became of a claimed mail (of a queued one with `claimed_at` None); its state then, None if it is gone.

    What is known for certain is written also where another sender has taken the claim for lost meanwhile.
    """
    state, attempts, next_attempt_at = _after(mail, outcome, now)
    if claimed_at is not None and state == State.QUEUED:
        try:
            write_unsent(mail, now=now)
        except NoLogbook as error:  # what counts as sent there must not be queued here
            state, outcome = State.UNKNOWN, replace(outcome, reply=as_kept(f"{outcome.reply} {error}"))
    rows = type(mail)._default_manager.filter(pk=mail.pk, state=State.QUEUED)
    if claimed_at is not None:
        lost_or_not = (State.INFLIGHT, State.UNKNOWN)
        rows = type(mail)._default_manager.filter(pk=mail.pk, claimed_at=claimed_at, state__in=lost_or_not)
    with transaction.atomic():
        changed = rows.update(
            state=state,
            attempts=attempts,
            next_attempt_at=next_attempt_at,
            sent_at=now if state == State.SENT else None,
            reply=outcome.reply if outcome.is_about_mail else mail.reply,
        )
        if not changed:
            return None
        if outcome.kind in _MAILBOX_REASONS:
            _bounce(mail, outcome, now)
    return state


def _after(mail: Claimable, outcome: Outcome, now: datetime) -> tuple[Mail.State, int, datetime]:
    """State, attempts and next attempt of a mail after an outcome."""
    match outcome.kind:
        case Kind.SENT:
            return State.SENT, mail.attempts + 1, mail.next_attempt_at
        case Kind.UNKNOWN:
            return State.UNKNOWN, mail.attempts + 1, mail.next_attempt_at
        case Kind.REFUSED | Kind.NO_MAILBOX | Kind.MAILBOX_FULL:
            return State.FAILED, mail.attempts + 1, mail.next_attempt_at
    if not outcome.is_about_mail:
        return State.QUEUED, mail.attempts, mail.next_attempt_at
    wait = retry_wait(mail.attempts + 1, random.random())  # noqa: S311
    if wait is None or blocks_this_one_alone(mail, outcome):
        return State.FAILED, mail.attempts + 1, mail.next_attempt_at
    return State.QUEUED, mail.attempts + 1, now + wait


def blocks_this_one_alone(mail: Claimable, outcome: Outcome) -> bool:
    """Whether we are blocked where we were blocked before, and a person has since resumed: then this one refuses us."""
    return outcome.kind == Kind.BLOCKED and outcome.is_about_mail and is_block(mail.reply)


def _bounce(mail: Claimable, outcome: Outcome, now: datetime) -> None:
    """The mailbox is gone, or full for the n-th time in a row: never mail it again."""
    if outcome.kind == Kind.MAILBOX_FULL:
        rows = Subscriber.objects.filter(pk=mail.subscriber_id)
        rows.update(soft_bounces=F("soft_bounces") + 1)
        if not rows.filter(soft_bounces__gte=SOFT_BOUNCES_BORNE).exists():
            return
    suppress(mail.subscriber.email, _MAILBOX_REASONS[outcome.kind], detail=outcome.reply, now=now)


def _wanted(mail: Claimable) -> QuerySet[Delivery] | QuerySet[Letter]:
    if isinstance(mail, Letter):
        return Letter.objects.filter(_subscriber_wants(mail), pk=mail.pk)
    is_sending = Q(digest__mailing__state=Mailing.State.SENDING)
    return Delivery.objects.filter(_subscriber_wants(mail), is_sending, pk=mail.pk)


def _subscriber_wants(mail: Claimable) -> Q:
    """A digest is for active subscribers, a letter for those whose state still calls for it."""
    if isinstance(mail, Letter):
        return Q(subscriber__state__in=[state for state, kind in LETTERS.items() if kind == mail.kind])
    return Q(subscriber__state=Subscriber.State.ACTIVE)

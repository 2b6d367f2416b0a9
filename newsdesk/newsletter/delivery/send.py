"""Send what is queued: one sender at a time, one mail after the other, at the rate that is set.

Each mail is made, claimed, handed over and recorded by itself, so a kill at any moment leaves one outcome unknown at
the most, and the next run goes on with the rest. What the server says of one recipient never stops the others; what it
says of us stops or delays all of them (`Outbox`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from newsdesk.lease import LeaseLost, new_holder, release_lease, take_lease
from newsdesk.newsletter.delivery.claim import (
    LEASE,
    LEASE_DURATION,
    Claimable,
    claim,
    drop_unwanted,
    due_mails,
    give_up_lost,
    lasting_commits,
    note_sent_before,
    record,
    skip,
    unclaim,
)
from newsdesk.newsletter.delivery.opening import open_logbook
from newsdesk.newsletter.delivery.outbox import is_open, note_failure, note_success, pause_after, wait_for_logbook
from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.reconcile import make_leave
from newsdesk.newsletter.delivery.sends import about, read_known, write_sent
from newsdesk.newsletter.delivery.transports import Transport
from newsdesk.newsletter.logbook.file import NoLogbook
from newsdesk.newsletter.mail.messages import Messages, envelope_sender, message_id_of
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing
from newsdesk.newsletter.people.redact import as_kept
from newsdesk.newsletter.people.tokens import email_hashes

logger = logging.getLogger(__name__)

# So many mails in a row that were refused for good, or for now, are no longer about the mails.
REFUSALS_IN_A_ROW = 10
_REFUSALS = {Kind.LATER, Kind.REFUSED, Kind.NO_MAILBOX}
NAP_S = 0.25
NOTHING_TO_SAY = "It has nothing of the subscriber's themes, or is not wanted any more."


def send_pending(
    *, now: datetime, deadline: datetime, transport: Transport, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Send letters and deliveries that are due until `deadline`, which no new mail passes; how many were handled.

    Returns 0 at once while another sender works, everything is paused, or the server is left alone for a while. The
    clock starts at `now` and runs on; the lease runs on the real one.
    """
    holder = new_holder()
    if not is_open(now) or not _has_work(now):
        return 0
    if not take_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION):
        return 0
    run = _Run(transport, holder, now, deadline, should_stop)
    try:
        with lasting_commits():
            if lost := give_up_lost():
                logger.warning("%d mails have an unknown outcome, for their sender ended meanwhile.", lost)
            if open_logbook(now=now):
                run.work()
                _finish_mailings(run.now())
    except LeaseLost:
        logger.warning("Another sender has taken over; it goes on with what is left.")
    finally:
        # Only when the next mail may go is the next sender let in: so the rate holds from run to run.
        release_lease(LEASE, holder, now=timezone.now() + timedelta(seconds=run.pause_s()))
    return run.handled


def has_due(now: datetime) -> bool:
    """Whether anything could be sent now."""
    return is_open(now) and bool(due_mails(now)[:1])


def _has_work(now: datetime) -> bool:
    """Whether there is anything to send, to finish or to give up: an idle sweep takes no lease and writes nothing."""
    waits = Q(state=Mail.State.INFLIGHT) | Q(state=Mail.State.QUEUED, next_attempt_at__lte=now)
    return (
        Letter.objects.filter(waits).exists()
        or Mailing.objects.filter(state=Mailing.State.SENDING).exists()
        or Delivery.objects.filter(state=Mail.State.INFLIGHT).exists()
    )


@dataclass
class _Run:
    transport: Transport
    holder: str
    started_at: datetime
    deadline: datetime
    should_stop: Callable[[], bool]
    handled: int = 0
    refusals: int = 0
    is_halted: bool = False
    is_troubled: bool = True
    messages: Messages = field(default_factory=Messages)
    sender: str = field(default_factory=envelope_sender)
    began: float = field(default_factory=time.monotonic)
    next_turn: float = 0.0

    def now(self) -> datetime:
        return self.started_at + timedelta(seconds=time.monotonic() - self.began)

    def pause_s(self) -> float:
        """Seconds until the rate allows another mail."""
        return max(0.0, self.next_turn - time.monotonic())

    def is_over(self) -> bool:
        return self.is_halted or self.should_stop() or self.now() >= self.deadline

    def work(self) -> None:
        while not self.is_over():
            handled = self.handled
            for mail in due_mails(self.now()):
                if self.is_over() or not self._may_go():
                    return
                self._send(mail)
            if self.handled == handled:
                return

    def _may_go(self) -> bool:
        """Wait for this mail's turn; False if that would pass the deadline or the run is stopped."""
        if not settings.MAIL_RATE_PER_MINUTE:
            return True
        if self.now() + timedelta(seconds=self.pause_s()) >= self.deadline:
            return False
        while (left := self.pause_s()) > 0:
            if self.should_stop():
                return False
            time.sleep(min(left, NAP_S))
        self._take_turn()
        return True

    def _take_turn(self) -> None:
        if settings.MAIL_RATE_PER_MINUTE:
            self.next_turn = time.monotonic() + 60 / settings.MAIL_RATE_PER_MINUTE

    def _send(self, mail: Claimable) -> None:
        message_id = message_id_of(mail)
        try:
            message = self._message(mail, message_id)
        except Exception as error:  # one mail that cannot be made must not keep the others from being sent
            logger.exception("A mail could not be made.")
            self._record(mail, Outcome(Kind.LATER, as_kept(f"It could not be made: {error!r}")), claimed_at=None)
            return
        if message is None:
            self.handled += skip(mail, NOTHING_TO_SAY)
            return
        claimed_at = self.now()
        try:
            if self._is_settled_by_logbook(mail):
                return
            if not claim(mail, message_id, holder=self.holder, now=claimed_at):
                self.handled += drop_unwanted(mail)
                return
            write_sent(mail, now=claimed_at)
        except NoLogbook as error:
            unclaim(mail, claimed_at=claimed_at)
            wait_for_logbook(error, now=claimed_at)
            self.is_halted = True
            return
        self._take_turn()  # what was written before may have taken longer for this mail than it will for the next
        outcome = self.transport.send(self.sender, mail.subscriber.email, message)
        self._record(mail, outcome, claimed_at=claimed_at)

    def _is_settled_by_logbook(self, mail: Claimable) -> bool:
        """Whether the mail went out before, or its subscriber left, and the database had forgotten it."""
        known, hashes = read_known()[0], email_hashes(mail.subscriber.email)
        at, standing = known.sent_at(about(mail), hashes), known.standing(hashes)
        was_sent = note_sent_before(mail, at) if at else False
        has_left = make_leave(mail.subscriber, standing) if standing else False
        self.handled += was_sent or has_left
        return was_sent or has_left

    def _message(self, mail: Claimable, message_id: str) -> bytes | None:
        if isinstance(mail, Delivery):
            return self.messages.of_delivery(mail, message_id)
        return self.messages.of_letter(mail, message_id, now=self.now())

    def _record(self, mail: Claimable, outcome: Outcome, *, claimed_at: datetime | None) -> None:
        """Record an outcome, and draw from it what concerns all the others."""
        now = self.now()
        state = record(mail, outcome, claimed_at=claimed_at, now=now)
        self.handled += outcome.is_about_mail
        self.refusals = self.refusals + 1 if outcome.kind in _REFUSALS else 0
        match outcome.kind:
            case Kind.BLOCKED if state != Mail.State.FAILED:
                pause_after(outcome.reply, now=now)
                self.is_halted = True
            case Kind.AWAY | Kind.UNKNOWN:
                self.is_halted = note_failure(outcome, now=now)
                self.is_troubled = True
            case _ if self.is_troubled:
                note_success()
                self.is_troubled = False
        if self.refusals >= REFUSALS_IN_A_ROW:
            self.refusals = 0
            self.is_halted = True
            if outcome.kind == Kind.LATER:
                note_failure(Outcome(Kind.AWAY, outcome.reply, is_about_mail=False), now=now)
            else:
                pause_after(f"{REFUSALS_IN_A_ROW} mails in a row were refused, the last with: {outcome.reply}", now=now)


def _finish_mailings(now: datetime) -> None:
    """Note which mailings have nothing left to send."""
    open_states = (Mail.State.QUEUED, Mail.State.INFLIGHT)
    for mailing in Mailing.objects.filter(state=Mailing.State.SENDING, is_queued=True):
        if not Delivery.objects.filter(digest=mailing.digest_id, state__in=open_states).exists():
            rows = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING)
            rows.update(state=Mailing.State.DONE, finished_at=now)

"""Make the database know what the logbook knows: who left meanwhile, and what was mailed; and the other way round.

It finds nothing to do unless the database was put back, or a line could not be written when it was due. Nobody is made
a subscriber by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from newsdesk.newsletter.delivery.claim import note_sent_before
from newsdesk.newsletter.delivery.seed import departures
from newsdesk.newsletter.delivery.sends import about, sent_before
from newsdesk.newsletter.logbook.file import write
from newsdesk.newsletter.logbook.lines import NOBODY, Kind, Known, Line, Standing
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.personal import erase
from newsdesk.newsletter.people.preferences import unsubscribe
from newsdesk.newsletter.people.suppressions import lift_suppression, suppress
from newsdesk.newsletter.people.tokens import email_hash, email_hashes

State = Subscriber.State


class Owed(Enum):
    """What is still to be done about a subscriber who left."""

    NOTHING = "nothing"
    UNSUBSCRIBE = "unsubscribe"
    SUPPRESS = "suppress"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many departures and lifts were done again, mails noted as sent, and lines added to the logbook."""

    departures: int = 0
    lifts: int = 0
    sends: int = 0
    written: int = 0

    @property
    def was_put_back(self) -> bool:
        """Whether the database had forgotten anything: it is older than the logbook."""
        return bool(self.departures or self.lifts or self.sends)

    def __str__(self) -> str:
        return (
            f"The database was put back: {self.departures} who left since were taken out again, "
            f"{self.sends} mails that had gone out are not sent again, {self.lifts} suppressions are lifted as before."
        )


def reconcile(known: Known) -> Reconciled:
    """Do again what the database forgot, and write down what the logbook lacks.

    Raises:
        NoLogbook: Something is to be written down and cannot be; the database knows it all the same.
    """
    rows = [(row, known.standing(email_hashes(row.email))) for row in Subscriber.objects.order_by("pk").iterator()]
    lifts = _lift_again(known)
    left = sum(make_leave(row, standing) for row, standing in rows if standing)
    left += _suppress_strangers(known, {hashed for row, _ in rows for hashed in email_hashes(row.email)})
    sends = sum(note_sent_before(mail, at) for mail, at in list(_sent_though_queued(known)))
    lines = [*_unwritten_departures(known), *_unwritten_returns(rows)]
    write(*lines)
    return Reconciled(left, lifts, sends, len(lines))


def owed(row: Subscriber, standing: Standing) -> Owed:
    """What is to be done about a subscriber with this standing: nothing if they came back after it. Pure."""
    came_at = row.confirmed_at if row.state == State.ACTIVE else row.asked_at
    if not standing.is_gone or (came_at and came_at > standing.at):
        return Owed.NOTHING
    if standing.is_erased:
        return Owed.ERASE
    if standing.suppression:
        return Owed.NOTHING if row.state == State.SUPPRESSED else Owed.SUPPRESS
    return Owed.UNSUBSCRIBE if row.state in (State.ACTIVE, State.PENDING) or row.wish else Owed.NOTHING


def make_leave(row: Subscriber, standing: Standing) -> bool:
    """Do about a subscriber what is owed; whether anything was."""
    match owed(row, standing):
        case Owed.NOTHING:
            return False
        case Owed.ERASE:
            erase(row.public_id, now=standing.at)
        case Owed.SUPPRESS:
            suppress(row.email, _reason(standing), now=standing.at)
        case Owed.UNSUBSCRIBE:
            unsubscribe(row.public_id, now=standing.at)
    return True


def _suppress_strangers(known: Known, subscribers: set[str]) -> int:
    """Keep the suppressions of addresses that nobody subscribes with."""
    stored = set(Suppression.objects.values_list("email_hash", flat=True))
    missing = [
        Suppression(email_hash=who, reason=_reason(standing), made_at=standing.at)
        for who, standing in list(known.people.items())
        if (standing.suppression or standing.is_erased) and who not in stored and who not in subscribers
    ]
    Suppression.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _lift_again(known: Known) -> int:
    """Lift the suppressions that were lifted since; their owners must subscribe and confirm anew."""
    lifted = 0
    for row in Suppression.objects.all():
        standing = known.people.get(row.email_hash)
        if standing is None or standing.suppression or standing.is_erased or standing.at < row.made_at:
            continue
        with transaction.atomic():
            for subscriber in Subscriber.objects.filter(state=State.SUPPRESSED).only("email").iterator():
                if row.email_hash in email_hashes(subscriber.email):
                    lift_suppression(subscriber.email)
            Suppression.objects.filter(pk=row.pk).delete()
        lifted += 1
    return lifted


def _sent_though_queued(known: Known) -> Iterator[tuple[Delivery | Letter, datetime]]:
    """The queued mails that went out, and when."""
    for mailing in Mailing.objects.exclude(state=Mailing.State.DONE).select_related("digest__edition"):
        queued = Delivery.objects.filter(digest=mailing.digest, state=Mail.State.QUEUED)
        for delivery in queued.select_related("subscriber").order_by("pk"):
            delivery.digest = mailing.digest
            if at := sent_before(known, about(delivery), delivery.subscriber.email):
                yield delivery, at
    for letter in Letter.objects.filter(state=Mail.State.QUEUED).select_related("subscriber"):
        if at := sent_before(known, about(letter), letter.subscriber.email):
            yield letter, at


def _unwritten_departures(known: Known) -> Iterator[Line]:
    """What the database knows of departures and the logbook does not; who came back by the logbook stays so."""
    for line in departures():
        standing = known.people.get(line.who)
        if standing is None or (not standing.is_gone and standing.at < line.at):
            yield line


def _unwritten_returns(rows: list[tuple[Subscriber, Standing | None]]) -> Iterator[Line]:
    for row, standing in rows:
        confirmed_at = row.confirmed_at if row.state == State.ACTIVE else None
        if standing and standing.is_gone and confirmed_at and confirmed_at > standing.at:
            yield Line(Kind.JOINED, confirmed_at, NOBODY, email_hash(row.email))


def _reason(standing: Standing) -> Suppression.Reason:
    reason = standing.suppression or Suppression.Reason.ERASED
    return Suppression.Reason(reason) if reason in Suppression.Reason.values else Suppression.Reason.BY_HAND

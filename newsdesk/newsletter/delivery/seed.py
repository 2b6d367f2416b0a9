"""The lines that a logbook begins with, from what the database knows; and how it is kept short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import QuerySet

from newsdesk.newsletter.delivery.sends import about, about_of
from newsdesk.newsletter.logbook.file import rewrite
from newsdesk.newsletter.logbook.lines import NOBODY, UNSUBSCRIBED, Kind, Known, Line
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.tokens import email_hash

# To whom a digest went is kept for longer than a mail is tried again (48 h); afterwards, that it was mailed.
SENDS_KEPT = timedelta(days=3)
# A wish that is not confirmed is forgotten after 30 days, and its letter with it.
LETTERS_KEPT = timedelta(days=60)

_Mails = TypeVar("_Mails", Delivery, Letter)
_HANDED_OVER = (Mail.State.INFLIGHT, Mail.State.SENT, Mail.State.FAILED, Mail.State.UNKNOWN)


def lines_of_database(*, now: datetime) -> Iterator[Line]:
    """Everything that the database knows of departures and of mails that were handed over."""
    yield from departures()
    yield from sends(now=now)


def departures() -> Iterator[Line]:
    """A line for each suppression, and for each subscriber who left."""
    for row in Suppression.objects.order_by("pk").iterator():
        yield Line(Kind.LEFT, row.made_at, row.reason, row.email_hash)
    for left in Subscriber.objects.filter(state=Subscriber.State.UNSUBSCRIBED).order_by("pk").iterator():
        yield Line(Kind.LEFT, left.unsubscribed_at or left.asked_at, UNSUBSCRIBED, email_hash(left.email))


def sends(*, now: datetime) -> Iterator[Line]:
    """A line for each mail of the last days, and one for each digest mailed before them."""
    for mailing in Mailing.objects.select_related("digest__edition").order_by("pk"):
        if mailing.state == Mailing.State.DONE and mailing.started_at < now - SENDS_KEPT:
            yield Line(Kind.MAILED, mailing.started_at, about_of(mailing.digest))
            continue
        for delivery in handed_over(Delivery.objects.filter(digest=mailing.digest)).iterator():
            delivery.digest = mailing.digest
            yield _sent(delivery, now)
    for letter in handed_over(Letter.objects.filter(made_on__gte=(now - LETTERS_KEPT).date())).iterator():
        yield _sent(letter, now)


def handed_over(rows: QuerySet[_Mails]) -> QuerySet[_Mails]:
    """Those that a mail server was, or may have been, given."""
    return rows.filter(state__in=_HANDED_OVER).select_related("subscriber").order_by("pk")


def _sent(mail: Delivery | Letter, now: datetime) -> Line:
    return Line(Kind.SENT, mail.claimed_at or now, about(mail), email_hash(mail.subscriber.email))


def shorten_logbook(known: Known, *, now: datetime) -> bool:
    """Drop from the logbook to whom what was mailed long ago; whether there was anything to drop.

    Raises:
        NoLogbook
    """
    unfinished = Mailing.objects.exclude(state=Mailing.State.DONE).select_related("digest__edition")
    kept = {about_of(mailing.digest) for mailing in unfinished}
    if not any(is_old(what, max(sends.values()), kept, now) for what, sends in known.sends.items() if sends):
        return False
    rewrite(lambda lines: shorten(lines, kept, now))
    return True


def shorten(lines: Iterable[Line], kept: set[str], now: datetime) -> list[Line]:
    """The lines without those about mails of long ago; digests that are `kept` are still being mailed."""
    lines = list(lines)
    known = Known()
    known.take(lines)
    had_left = {line.who for line in lines if line.kind in (Kind.LEFT, Kind.LIFTED)}
    told = [line for line in lines if line.kind == Kind.MAILED or (line.who in had_left and _is_about_people(line))]
    for what, sends in known.sends.items():
        latest = max(sends.values(), default=now)
        if not is_old(what, latest, kept, now):
            told += [Line(Kind.SENT, at, what, who) for who, at in sends.items()]
        elif not what.startswith("letter-"):
            told.append(Line(Kind.MAILED, latest, what, NOBODY))
    return told


def is_old(what: str, latest: datetime, kept: set[str], now: datetime) -> bool:
    """Whether to whom something went need not be known any more."""
    span = LETTERS_KEPT if what.startswith("letter-") else SENDS_KEPT
    return what not in kept and latest < now - span


def _is_about_people(line: Line) -> bool:
    return line.kind in (Kind.LEFT, Kind.LIFTED, Kind.JOINED)

"""What the logbook says about mails: written before one is handed over, and asked before one is claimed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime

from newsdesk.digests.models import Digest
from newsdesk.newsletter.logbook.file import NoLogbook, Reader, has_logbook, write
from newsdesk.newsletter.logbook.lines import Kind, Known, Line, about_digest, about_letter
from newsdesk.newsletter.models import Delivery, Letter, Subscriber
from newsdesk.newsletter.people.tokens import email_hash, email_hashes

MAILED_BEFORE = "It was mailed before, says the logbook; the database had been put back."

_reader, _turn = Reader(), threading.Lock()


def read_known() -> tuple[Known, bytes]:
    """What the logbook says now, and which file says it.

    Raises:
        NoLogbook
    """
    with _turn:
        return _reader.read(), _reader.head


def known_so_far() -> Known:
    """What the logbook says now; nothing where it cannot be read: whoever claims a mail finds out."""
    try:
        return read_known()[0]
    except NoLogbook:
        return Known()


def about(mail: Delivery | Letter) -> str:
    """What a mail is called in the logbook."""
    if isinstance(mail, Letter):
        return about_letter(mail.kind, mail.made_on)
    return about_of(mail.digest)


def about_of(digest: Digest) -> str:
    """What a digest is called in the logbook."""
    return about_digest(digest.edition.slug, digest.date)


def sent_before(known: Known, what: str, email: str) -> datetime | None:
    """When somebody was sent it, by the logbook; None where it does not say that they were."""
    return known.sent_at(what, email_hashes(email))


def mailed_already(known: Known, digest: Digest, subscribers: Iterable[Subscriber]) -> dict[int, datetime]:
    """Which of the subscribers were sent the digest, by number, and when."""
    what = about_of(digest)
    if not known.sends.get(what) and what not in known.mailed:
        return {}
    found = ((one.pk, sent_before(known, what, one.email)) for one in subscribers)
    return {pk: at for pk, at in found if at}


def write_sent(mail: Delivery | Letter, *, now: datetime) -> None:
    """Before it is handed to the mail server.

    Raises:
        NoLogbook: Nothing was written, so it must not be.
    """
    write(Line(Kind.SENT, now, about(mail), email_hash(mail.subscriber.email)))


def write_resolved(mail: Delivery | Letter, *, has_arrived: bool, now: datetime) -> None:
    """A person says what became of a mail whose outcome nobody knew.

    Raises:
        NoLogbook: Nothing was written.
    """
    if not has_arrived:
        write_unsent(mail, now=now)
    elif has_logbook():
        write_sent(mail, now=now)


def write_unsent(mail: Delivery | Letter, *, now: datetime) -> None:
    """The mail server certainly has not got it, and it is to be tried again.

    Raises:
        NoLogbook: Nothing was written: it counts as sent.
    """
    if has_logbook():
        write(*(Line(Kind.UNSENT, now, about(mail), hashed) for hashed in email_hashes(mail.subscriber.email)))

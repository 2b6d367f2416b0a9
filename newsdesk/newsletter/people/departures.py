"""Who left and who came back, written into the logbook, so that a database put back does not mail them again.

A departure is written before it is committed, a return after: what a crash leaves in between is a departure too many,
which the return's time sets right (`delivery/reconcile.py`). Where the logbook cannot be written the database alone
knows it for now; the next comparison writes down what is missing.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from newsdesk.newsletter.logbook.file import NoLogbook, has_logbook, write
from newsdesk.newsletter.logbook.lines import NOBODY, Kind, Line
from newsdesk.newsletter.people.tokens import email_hash

logger = logging.getLogger(__name__)


def write_departure(email: str, why: str, *, now: datetime) -> None:
    """Somebody is not to be mailed any more: why is `unsubscribed`, `erased` or a suppression's reason."""
    _write(Line(Kind.LEFT, now, why, email_hash(email)))


def write_return(email: str, *, now: datetime) -> None:
    """Somebody has confirmed; call it in the transaction that notes it."""
    line = Line(Kind.JOINED, now, NOBODY, email_hash(email))
    transaction.on_commit(lambda: _write(line))


def write_lift(hashed: str, *, now: datetime) -> None:
    """A suppression is lifted; call it in the transaction that does."""
    line = Line(Kind.LIFTED, now, NOBODY, hashed)
    transaction.on_commit(lambda: _write(line))


def _write(line: Line) -> None:
    if not has_logbook():  # before the first mail there is none; once there was one, its loss pauses mail
        return
    try:
        write(line)
    except NoLogbook as error:
        logger.error("%s A departure or return stands in the database alone until it can be.", error)

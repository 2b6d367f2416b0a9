"""Open the logbook for sending: begun where there is none yet, compared once by each process, trouble made a pause."""

from __future__ import annotations

import logging
from datetime import datetime

from newsdesk.newsletter.delivery.covering import Verdict, begin_logbook, rely_on_logbook, weigh
from newsdesk.newsletter.delivery.outbox import pause, the_outbox, wait_for_logbook
from newsdesk.newsletter.delivery.reconcile import Reconciled, reconcile
from newsdesk.newsletter.delivery.seed import shorten_logbook
from newsdesk.newsletter.delivery.sends import read_known
from newsdesk.newsletter.logbook.file import NoLogbook, has_logbook

logger = logging.getLogger(__name__)

# How the files begin that this process has compared with the database.
_compared: set[bytes] = set()


def open_logbook(*, now: datetime) -> bool:
    """Whether mail may go by the logbook; where not, sending is paused, or waits, for a reason in words."""
    try:
        if has_logbook() and the_outbox().logbook_since and read_known()[1] in _compared:
            return True
        return compare_logbook(now=now) is not None
    except NoLogbook as error:
        wait_for_logbook(error, now=now)
        return False


def compare_logbook(*, now: datetime) -> Reconciled | None:
    """Compare the logbook with the database and settle what differs; None where mail is paused over it.

    Raises:
        NoLogbook: It cannot be read or written.
    """
    verdict, reason = weigh(the_outbox(), now=now)
    if verdict == Verdict.PAUSE:
        pause(reason, actor=None, now=now)
        logger.error("%s", reason)
        return None
    if verdict == Verdict.BEGIN:
        begin_logbook(now=now)
    known, head = read_known()
    done = reconcile(known)
    if not the_outbox().logbook_since:
        rely_on_logbook(now=now)
    _compared.add(head)
    if done.was_put_back:
        logger.warning("%s", done)
    return done


def compare_in_words(*, now: datetime) -> str:
    """Compare them, and say what came of it in a sentence or two; nothing where nothing differs."""
    try:
        done = compare_logbook(now=now)
    except NoLogbook as error:
        return f"{error} Mail waits until that is mended."
    if done is None:
        return f"All mail is paused. {the_outbox().reason}"
    return str(done) if done.was_put_back else ""


def keep_logbook(*, now: datetime) -> None:
    """Compare again, and shorten the file where it has grown; what stands in the way, the next run of sending says."""
    if not has_logbook():
        return
    try:
        if compare_logbook(now=now):
            shorten_logbook(read_known()[0], now=now)
    except NoLogbook as error:
        logger.error("%s", error)

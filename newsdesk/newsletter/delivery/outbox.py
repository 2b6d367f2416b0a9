"""Whether anything is mailed at all: one row, for what the mail server says of us and not of a recipient."""

from __future__ import annotations

import random
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from newsdesk.journal.note import Actor, note_change
from newsdesk.newsletter.delivery.covering import REASON, Verdict, begin_logbook, weigh
from newsdesk.newsletter.delivery.outcome import LONGEST_REOPENING, Kind, Outcome, reopening_wait
from newsdesk.newsletter.logbook.file import NoLogbook
from newsdesk.newsletter.models import Outbox
from newsdesk.newsletter.people.redact import MAX_REPLY_CHARACTERS

SUBJECT = "outbox"
# Connections lost in the middle of a mail, or answers lost after it: the first may be about that mail alone.
LOSSES_TO_BACK_OFF = 3


def the_outbox() -> Outbox:
    """The one row, as it stands; an open one where there is none yet."""
    return Outbox.objects.filter(pk=1).first() or Outbox(pk=1)


def is_open(now: datetime) -> bool:
    """Whether mails may be sent: not paused, and not waiting for the server; nobody waits longer than the longest wait.

    A later time was written while the clock had run ahead.
    """
    waits = Q(retry_at__gt=now, retry_at__lte=now + LONGEST_REOPENING)
    return not Outbox.objects.filter(Q(is_paused=True) | waits).exists()


def note_failure(outcome: Outcome, *, now: datetime) -> bool:
    """The server could not be used, or fell silent; whether all sending waits now, longer each time in a row."""
    with transaction.atomic():
        outbox = _locked()
        outbox.failures += 1
        waits = not outcome.is_about_mail or outbox.failures >= LOSSES_TO_BACK_OFF
        if waits:
            outbox.retry_at = now + reopening_wait(outbox.failures, random.random())  # noqa: S311
        if not outbox.is_paused:
            outbox.reason, outbox.changed_at = outcome.reply, now
        outbox.save()
    return waits


def note_success() -> None:
    """The server answered: forget its failures."""
    Outbox.objects.filter(failures__gt=0, is_paused=False).update(failures=0, retry_at=None, reason="")


def pause_after(reply: str, *, now: datetime) -> None:
    """Stop all sending until a person resumes it, in the server's words."""
    pause(f"The mail server said: {reply}", actor=None, now=now)


def pause(reason: str, *, actor: Actor, now: datetime) -> None:
    """Stop all sending until a person resumes it; without effect while it is paused."""
    with transaction.atomic():
        outbox = _locked()
        if not outbox.is_paused:
            outbox.is_paused, outbox.reason, outbox.changed_at = True, reason[:MAX_REPLY_CHARACTERS], now
            outbox.save()
            note_change("mailing.pause", SUBJECT, actor=actor, now=now, after={"reason": outbox.reason})


def wait_for_logbook(error: NoLogbook, *, now: datetime) -> None:
    """Nothing is sent that cannot be written down: all sending waits, and is tried again by itself."""
    note_failure(Outcome(Kind.AWAY, str(error), is_about_mail=False), now=now)


def resume(*, actor: Actor, now: datetime) -> None:
    """Let mails be sent again, at once; without effect where nothing holds them up.

    Where the logbook held them up, a person has looked: from now on the one counts that the database can fill.

    Raises:
        NoLogbook: It cannot be written; nothing is changed.
    """
    outbox = the_outbox()
    if outbox.is_paused and outbox.reason.startswith(REASON) and weigh(outbox, now=now)[0] == Verdict.PAUSE:
        begin_logbook(now=now)
    with transaction.atomic():
        outbox = _locked()
        if outbox.is_paused or outbox.retry_at:
            before = {"reason": outbox.reason}
            Outbox.objects.filter(pk=outbox.pk).update(
                is_paused=False, reason="", failures=0, retry_at=None, changed_at=now
            )
            note_change("mailing.resume", SUBJECT, actor=actor, now=now, before=before)


def _locked() -> Outbox:
    Outbox.objects.bulk_create([Outbox(pk=1)], ignore_conflicts=True)
    return Outbox.objects.select_for_update().get(pk=1)

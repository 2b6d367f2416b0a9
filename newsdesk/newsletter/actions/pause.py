"""Pause a mailing, and resume it."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.journal import subject_of
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.newsletter.models import Mailing


def pause_mailing(mailing: Mailing, *, hand: Hand) -> None:
    """Send no more of this digest for now; the mail in hand is finished.

    Raises:
        ActRefused: It is not being sent.
    """
    _change_state(mailing, Mailing.State.SENDING, Mailing.State.PAUSED, "mailing.pause", hand)


def resume_mailing(mailing: Mailing, *, hand: Hand) -> None:
    """Go on with a paused mailing.

    Raises:
        ActRefused: It is not paused.
    """
    _change_state(mailing, Mailing.State.PAUSED, Mailing.State.SENDING, "mailing.resume", hand)


def _change_state(mailing: Mailing, old: Mailing.State, new: Mailing.State, verb: str, hand: Hand) -> None:
    """Change the stored state, if it is `old`; `mailing` stays as it was read."""
    with transaction.atomic():
        if not Mailing.objects.filter(pk=mailing.pk, state=old).update(state=new):
            raise ActRefused(f"This mailing is not {old.label.lower()}; somebody has changed it meanwhile.")
        hand.note(verb, subject_of(mailing.digest), before={"state": old.value}, after={"state": new.value})

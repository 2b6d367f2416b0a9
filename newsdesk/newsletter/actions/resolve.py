"""Say what became of a mail that nobody knows about."""

from __future__ import annotations

from django.db import transaction

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.newsletter.delivery.sends import write_resolved
from newsdesk.newsletter.logbook.file import NoLogbook
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing


def resolve(mail: Delivery | Letter, *, has_arrived: bool, hand: Hand) -> None:
    """Say what became of a mail whose outcome is unknown: it arrived, or it is to be sent again, under its Message-ID.

    Raises:
        ActRefused: Its outcome is not unknown any more, or the logbook, which must know it too, cannot be written.
    """
    state = Mail.State.SENT if has_arrived else Mail.State.QUEUED
    with transaction.atomic():
        unknown = type(mail)._default_manager.filter(pk=mail.pk, state=Mail.State.UNKNOWN)
        sent, again = {"sent_at": mail.claimed_at or hand.now}, {"next_attempt_at": hand.now, "claimed_at": None}
        if not unknown.update(state=state, **(sent if has_arrived else again)):
            raise ActRefused("Somebody has said already what became of this mail.")
        try:
            write_resolved(mail, has_arrived=has_arrived, now=hand.now)
        except NoLogbook as error:
            raise ActRefused(str(error)) from error
        if isinstance(mail, Delivery) and not has_arrived:
            done = Mailing.objects.filter(digest=mail.digest_id, state=Mailing.State.DONE)
            done.update(state=Mailing.State.SENDING, finished_at=None)
        hand.note(
            "delivery.resolve",
            f"{mail._meta.model_name} {mail.pk}",
            before={"state": Mail.State.UNKNOWN.value, "reply": mail.reply},
            after={"state": state.value},
        )

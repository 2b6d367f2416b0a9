"""Never mail an address again, by hand, and lift that."""

from __future__ import annotations

from django.db import transaction

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.newsletter.models import Subscriber, Suppression
from newsdesk.newsletter.people.departures import write_lift
from newsdesk.newsletter.people.suppressions import lift_suppression, suppress
from newsdesk.newsletter.people.tokens import email_hashes


def suppress_by_hand(subscriber: Subscriber, *, hand: Hand) -> None:
    """Never mail the subscriber again; without effect where that is so already."""
    with transaction.atomic():
        if suppress(subscriber.email, Suppression.Reason.BY_HAND, now=hand.now):
            subject = f"subscriber {subscriber.public_id}"
            hand.note("subscriber.suppress", subject, before={"state": subscriber.state})


def lift(suppression: Suppression, *, hand: Hand) -> None:
    """Let an address be mailed again, once its owner subscribes and confirms anew.

    Raises:
        ActRefused: Its owner erased it.
    """
    if suppression.reason == Suppression.Reason.ERASED:
        raise ActRefused("Its owner erased it; only they can come back, by subscribing again.")
    with transaction.atomic():
        for subscriber in Subscriber.objects.filter(state=Subscriber.State.SUPPRESSED).only("email").iterator():
            if suppression.email_hash in email_hashes(subscriber.email):
                lift_suppression(subscriber.email)
        Suppression.objects.filter(pk=suppression.pk).delete()
        write_lift(suppression.email_hash, now=hand.now)
        hand.note(
            "subscriber.lift",
            f"suppression {suppression.email_hash[:12]}",
            before={"reason": suppression.reason, "detail": suppression.detail},
        )

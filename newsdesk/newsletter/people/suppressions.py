"""The list of whom never to mail again, kept as keyed hashes of addresses."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from newsdesk.newsletter.models import Delivery, Letter, Mail, Subscriber, Suppression
from newsdesk.newsletter.people.departures import write_departure
from newsdesk.newsletter.people.redact import as_kept
from newsdesk.newsletter.people.tokens import email_hash, email_hashes

MAX_DETAIL_CHARACTERS = 300
Reason = Suppression.Reason


def suppress(email: str, reason: Suppression.Reason, *, detail: str = "", now: datetime) -> bool:
    """Never mail the address again, and take its queued mail back; whether it was not suppressed before.

    The first reason stands, but that any other takes the place of an erasure, which a confirmation would lift; an
    erasure for its part deletes the detail. The subscriber, if there is one, is marked. `detail` is kept without
    addresses.
    """
    detail = as_kept(detail)[:MAX_DETAIL_CHARACTERS]
    with transaction.atomic():
        known = find_suppression(email)
        is_new = known is None
        if known is None or known.reason != reason:
            write_departure(email, reason, now=now)
        if known is None:
            defaults = {"reason": reason, "detail": detail, "made_at": now}
            _, is_new = Suppression.objects.get_or_create(email_hash=email_hash(email), defaults=defaults)
        elif reason == Reason.ERASED:
            Suppression.objects.filter(pk=known.pk).update(detail="")
        elif known.reason == Reason.ERASED:
            Suppression.objects.filter(pk=known.pk).update(reason=reason, detail=detail, made_at=now)
        if reason != Reason.ERASED:
            for subscriber in Subscriber.objects.at(email).select_for_update():
                Subscriber.objects.filter(pk=subscriber.pk).update(state=Subscriber.State.SUPPRESSED, wish={})
                skip_queued(subscriber)
        return is_new


def find_suppression(email: str) -> Suppression | None:
    """The suppression of an address, under whichever key; one that is no mere erasure comes first."""
    found = Suppression.objects.filter(email_hash__in=email_hashes(email))
    return min(found, key=lambda suppression: suppression.reason == Reason.ERASED, default=None)


def is_suppressed(email: str) -> bool:
    """Whether no digest may be mailed to the address, for whatever reason."""
    return find_suppression(email) is not None


def may_be_asked(email: str) -> bool:
    """Whether a letter may ask the address to confirm: it is not suppressed, or was only erased by its owner."""
    found = find_suppression(email)
    return found is None or found.reason == Reason.ERASED


def lift_suppression(email: str) -> None:
    """Let the address be mailed again; a subscriber it stopped must subscribe and confirm anew."""
    with transaction.atomic():
        Suppression.objects.filter(email_hash__in=email_hashes(email)).delete()
        stopped = Subscriber.objects.at(email).filter(state=Subscriber.State.SUPPRESSED)
        stopped.update(state=Subscriber.State.UNSUBSCRIBED, soft_bounces=0)


def skip_queued(subscriber: Subscriber) -> None:
    """Take back what is queued for the subscriber and not yet being sent; call it in the transaction of the reason."""
    for mail in (Delivery, Letter):
        mail.objects.filter(subscriber=subscriber, state=Mail.State.QUEUED).update(state=Mail.State.SKIPPED)

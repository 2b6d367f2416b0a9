"""What a mail service reports about mails that were sent: bounces and complaints stop further mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from newsdesk.newsletter.models import MailEvent, Subscriber, Suppression
from newsdesk.newsletter.people.preferences import unsubscribe
from newsdesk.newsletter.people.suppressions import suppress
from newsdesk.newsletter.people.tokens import email_hash

Kind = MailEvent.Kind

# In a row: a mailbox that is full all week, or a server that is down for as long.
SOFT_BOUNCES_BORNE = 5

REJECTIONS = {
    RejectReason.INVALID: Kind.HARD_BOUNCE,
    RejectReason.BOUNCED: Kind.HARD_BOUNCE,
    RejectReason.SPAM: Kind.COMPLAINT,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBE,
}
# How services call a bounce that may pass, in the fields that say so; django-anymail makes one kind of both.
SOFT_FIELDS = {"type", "event", "bouncetype"}
SOFT_WORDS = {"soft", "softbounce", "softbounced", "transient", "undetermined", "blocked"}
# SparkPost's bounce classes for an address that is no more; the others may pass.
HARD_SPARKPOST_CLASSES = {"10", "30"}


@receiver(tracking, dispatch_uid="newsdesk.newsletter.people.bounces")
def take_event(event: AnymailTrackingEvent, esp_name: str, **_: object) -> None:
    """A verified report, as django-anymail hands it out: by a signal, its only interface."""
    apply_event(event, service=esp_name, now=timezone.now())


def apply_event(event: AnymailTrackingEvent, *, service: str, now: datetime) -> None:
    """Do what a service's report asks for, once however often it is reported.

    A hard bounce or a complaint suppresses the address; so do five soft bounces with no delivery between them. An
    address that nobody subscribed with is noted, and nothing else.
    """
    email = (event.recipient or "").strip()
    if not email:
        return
    if event.event_type == EventType.DELIVERED:
        Subscriber.objects.at(email).exclude(soft_bounces=0).update(soft_bounces=0)
        return
    kind = judge(event)
    if kind is None:
        return
    with transaction.atomic():
        noted, is_new = MailEvent.objects.get_or_create(
            service=service[:40],
            event_id=_event_id(event, kind, email),
            defaults={"kind": kind, "email_hash": email_hash(email), "effect": "", "made_at": now},
        )
        if is_new:
            said = event.mta_response or event.description or ""
            noted.effect = _apply(kind, email, detail=f"{service}: {said}" if said else service, now=now)
            noted.save(update_fields=["effect"])


def judge(event: AnymailTrackingEvent) -> MailEvent.Kind | None:
    """What kind of event it is to us; None where it asks for nothing."""
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.UNSUBSCRIBED:
        return Kind.UNSUBSCRIBE
    if event.event_type == EventType.REJECTED:
        return REJECTIONS.get(event.reject_reason)
    if event.event_type == EventType.BOUNCED:
        return Kind.SOFT_BOUNCE if _may_pass(event.esp_event) else Kind.HARD_BOUNCE
    return None


def _apply(kind: MailEvent.Kind, email: str, *, detail: str, now: datetime) -> str:
    """Change what the event asks for; what that was, in words."""
    subscriber = Subscriber.objects.at(email).select_for_update().first()
    if subscriber is None:
        return "None: nobody subscribed with this address."
    if subscriber.state == Subscriber.State.SUPPRESSED:
        return "None: suppressed already."
    if kind == Kind.UNSUBSCRIBE:
        unsubscribe(subscriber.public_id, now=now)
        return "Unsubscribed."
    if kind == Kind.SOFT_BOUNCE:
        Subscriber.objects.filter(pk=subscriber.pk).update(soft_bounces=F("soft_bounces") + 1)
        if subscriber.soft_bounces + 1 < SOFT_BOUNCES_BORNE:
            return f"Soft bounce {subscriber.soft_bounces + 1} of {SOFT_BOUNCES_BORNE}."
    reasons = {Kind.COMPLAINT: Suppression.Reason.COMPLAINED, Kind.SOFT_BOUNCE: Suppression.Reason.SOFT_BOUNCES}
    suppress(email, reasons.get(kind, Suppression.Reason.BOUNCED), detail=detail, now=now)
    return "Suppressed."


def _may_pass(raw: object) -> bool:
    """Whether the service's own words call a bounce soft."""
    for name, value in _fields(raw):
        said = str(value).lower()
        if name in SOFT_FIELDS and SOFT_WORDS & {said, said.rpartition(".")[2].replace(" ", "").replace("_", "")}:
            return True
        if (name == "hard_bounce" and said in ("false", "0")) or (
            name == "bounce_class" and said not in HARD_SPARKPOST_CLASSES
        ):
            return True
    return False


def _fields(raw: object) -> Iterator[tuple[str, Any]]:
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            yield str(name).lower(), value
            yield from _fields(value)


def _event_id(event: AnymailTrackingEvent, kind: MailEvent.Kind, email: str) -> str:
    """What tells the event from others: the service's id, or its whole content where it gives none.

    One id may stand for several recipients (Amazon SES), or for a bounce that was soft and then hard.
    """
    content = json.dumps(event.esp_event, sort_keys=True, default=str)
    told = str(event.event_id or hashlib.sha256(content.encode()).hexdigest())
    return f"{told[:100]} {kind} {email_hash(email)[:16]}"

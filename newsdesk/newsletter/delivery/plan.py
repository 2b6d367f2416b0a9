"""Whom a digest would be mailed to, in how many variants and of what size; nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from newsdesk.digests.models import Digest
from newsdesk.newsletter.delivery.queue import BATCH_SUBSCRIBERS, recipients_of, without_suppressed
from newsdesk.newsletter.mail.messages import Messages
from newsdesk.newsletter.mail.variants import variant_of
from newsdesk.newsletter.models import Delivery, Mailing, Subscriber


@dataclass(frozen=True, slots=True)
class Plan:
    """What a mailing would do: mails, subscribers with nothing of their themes, bytes of a message by variant."""

    mails: int
    without_news: int
    sizes: tuple[int, ...]


def plan_mailing(digest: Digest, *, now: datetime) -> Plan:
    """What sending the digest now would do, to those who have no delivery of it.

    Raises:
        CannotMail: Nobody can subscribe to its edition.
    """
    examples: dict[tuple[str, ...], Subscriber] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    last = 0
    rows = recipients_of(digest).exclude(deliveries__digest=digest).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SUBSCRIBERS]):
        last = batch[-1].pk
        for subscriber in without_suppressed(batch):
            variant = variant_of(subscriber.themes)
            counts[variant] += 1
            examples.setdefault(variant, subscriber)
    messages = Messages()
    # Rows that are never saved: the message is made as it would be for the first of each variant.
    mailing = Mailing(digest=digest, started_at=now)
    sizes = {}
    for variant, subscriber in examples.items():
        delivery = Delivery(digest=digest, subscriber=subscriber)
        delivery.digest.mailing = mailing
        message = messages.of_delivery(delivery, "<plan@localhost>")
        if message is not None:
            sizes[variant] = len(message)
    mails = sum(counts[variant] for variant in sizes)
    return Plan(mails, counts.total() - mails, tuple(sorted(sizes.values())))

"""Give a published digest a delivery for each of its subscribers, in short batches that can be resumed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.journal import subject_of
from newsdesk.digests.models import Digest
from newsdesk.journal.note import Actor, note_change
from newsdesk.newsletter.delivery.sends import MAILED_BEFORE, about_of, known_so_far, mailed_already
from newsdesk.newsletter.mail.variants import variant_of
from newsdesk.newsletter.models import Delivery, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.tokens import email_hashes

# A digest published longer ago is mailed only when a person says so.
FRESH = timedelta(hours=12)
# One transaction each; a tenth of a second on SQLite.
BATCH_SUBSCRIBERS = 1000


class CannotMail(Exception):
    """The digest cannot be mailed; the message says why in one sentence."""


class MailedBefore(CannotMail):
    """Its mailing is done, by the logbook, though the database had been put back since."""


def queue_due(*, now: datetime) -> int:
    """Start the mailings that start by themselves and queue those begun; how many subscribers were gone through.

    By itself (MAIL_DIGESTS) a digest is mailed that is its edition's newest and was published in the last 12 hours.
    """
    if settings.MAIL_DIGESTS:
        for slug in (settings.EDITION, WEEKLY_EDITION):
            published = Digest.objects.filter(edition__slug=slug, state=Digest.State.PUBLISHED)
            newest = published.select_related("edition").order_by("-date").first()
            if newest and newest.published_at and now - FRESH <= newest.published_at <= now:
                with suppress(MailedBefore):
                    start_mailing(newest, actor=None, now=now)
    unfinished = Mailing.objects.filter(is_queued=False, state=Mailing.State.SENDING).order_by("id")
    return sum(queue_all(mailing) for mailing in unfinished.only("pk"))


def start_mailing(digest: Digest, *, actor: Actor, now: datetime) -> Mailing:
    """The digest's mailing, begun now if it was not before; its deliveries are queued by `queue_all`.

    Raises:
        CannotMail: The digest is not published, of an edition that nobody subscribes to, or was mailed before.
    """
    require_mailable(digest)
    if about_of(digest) in known_so_far().mailed and not Mailing.objects.filter(digest=digest).exists():
        raise MailedBefore(f"The {digest.edition.slug} digest of {digest.date} was mailed before, says the logbook.")
    with transaction.atomic():
        mailing, is_new = Mailing.objects.get_or_create(digest=digest, defaults={"started_at": now})
        if is_new:
            note_change("mailing.send", subject_of(digest), actor=actor, now=now)
    return mailing


def require_mailable(digest: Digest) -> None:
    """Make sure that the digest is one to be mailed.

    Raises:
        CannotMail: The digest is not published, or of an edition that nobody subscribes to.
    """
    frequency_of(digest)
    if digest.state != Digest.State.PUBLISHED:
        raise CannotMail(f"The {digest.edition.slug} digest of {digest.date} is not published, so it cannot be mailed.")


def queue_all(mailing: Mailing) -> int:
    """Queue a delivery for everyone who has none yet; how many subscribers were gone through."""
    total = 0
    while (done := queue_batch(mailing.pk)) is not None:
        total += done
    return total


def recipients_of(digest: Digest) -> QuerySet[Subscriber]:
    """The active subscribers of the digest's frequency who had confirmed when it was published."""
    return Subscriber.objects.filter(
        state=Subscriber.State.ACTIVE, frequency=frequency_of(digest), confirmed_at__lt=digest.published_at
    )


def without_suppressed(subscribers: Sequence[Subscriber]) -> list[Subscriber]:
    """Those of them whose addresses may be mailed; a restored subscriber may meet an older suppression."""
    hashes = {subscriber.pk: email_hashes(subscriber.email) for subscriber in subscribers}
    every = {one for of_address in hashes.values() for one in of_address}
    suppressed = set(Suppression.objects.filter(email_hash__in=every).values_list("email_hash", flat=True))
    return [subscriber for subscriber in subscribers if not suppressed.intersection(hashes[subscriber.pk])]


def frequency_of(digest: Digest) -> Subscriber.Frequency:
    """How often its subscribers want mail.

    Raises:
        CannotMail: Nobody can subscribe to its edition.
    """
    if digest.edition.slug == settings.EDITION:
        return Subscriber.Frequency.DAILY
    if digest.edition.slug == WEEKLY_EDITION:
        return Subscriber.Frequency.WEEKLY
    raise CannotMail(f"Nobody can subscribe to the edition {digest.edition.slug!r}, so it is not mailed.")


def queue_batch(mailing_id: int) -> int | None:
    """The next subscribers by number; None when there are no more.

    Within a batch deliveries are made in the order of the variants, so that they are sent in that order as well and
    each variant's mail is built but once a batch.
    """
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update(of=("self",)).select_related("digest__edition").get(pk=mailing_id)
        if mailing.is_queued or mailing.state != Mailing.State.SENDING:
            return None
        recipients = recipients_of(mailing.digest).filter(pk__gt=mailing.queued_to).order_by("pk")
        batch = list(recipients.only("pk", "email", "themes")[:BATCH_SUBSCRIBERS])
        wanted = sorted(without_suppressed(batch), key=lambda one: (variant_of(one.themes), one.pk))
        before = mailed_already(known_so_far(), mailing.digest, wanted)
        rows = [_delivery(mailing, one, before.get(one.pk)) for one in wanted]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        is_last = len(batch) < BATCH_SUBSCRIBERS
        queued_to = batch[-1].pk if batch else mailing.queued_to
        Mailing.objects.filter(pk=mailing_id).update(queued_to=queued_to, is_queued=is_last)
        return len(batch) or None


def _delivery(mailing: Mailing, to: Subscriber, sent_at: datetime | None) -> Delivery:
    """A queued delivery, or one that is done: it went out before the database was put back."""
    delivery = Delivery(digest=mailing.digest, subscriber=to, next_attempt_at=mailing.started_at)
    if sent_at:
        delivery.state, delivery.sent_at, delivery.reply = Delivery.State.SENT, sent_at, MAILED_BEFORE
    return delivery

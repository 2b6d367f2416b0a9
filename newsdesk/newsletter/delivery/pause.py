"""What a person does about sending: pause and resume it, send a test, say what became of a mail nobody knows about."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from newsdesk.digests.documents.document import as_document
from newsdesk.digests.models import Digest
from newsdesk.journal.note import Actor, note_change
from newsdesk.newsletter.delivery.outcome import Outcome
from newsdesk.newsletter.delivery.queue import subject_of
from newsdesk.newsletter.delivery.transports import Transport
from newsdesk.newsletter.mail.messages import envelope_sender, make_message_id
from newsdesk.newsletter.mail.render import render_digest
from newsdesk.newsletter.mail.skeleton import Recipient, build_skeleton, fill
from newsdesk.newsletter.models import Delivery, Letter, Mail, Mailing
from newsdesk.newsletter.people.suppress import is_suppressed

TEST_MARK = "[Test] "


class NotPossible(Exception):
    """It cannot be done as things stand; the message says why in one sentence."""


def pause_mailing(mailing: Mailing, *, actor: Actor, now: datetime) -> None:
    """Send no more of this digest for now; the mail in hand is finished.

    Raises:
        NotPossible: It is not being sent.
    """
    _move(mailing, Mailing.State.SENDING, Mailing.State.PAUSED, "mailing.pause", actor=actor, now=now)


def resume_mailing(mailing: Mailing, *, actor: Actor, now: datetime) -> None:
    """Go on with a paused mailing.

    Raises:
        NotPossible: It is not paused.
    """
    _move(mailing, Mailing.State.PAUSED, Mailing.State.SENDING, "mailing.resume", actor=actor, now=now)


def send_test(digest: Digest, address: str, *, actor: Actor, now: datetime, transport: Transport) -> Outcome:
    """Send a digest, published or not, to one address as subscribers to every theme get it, marked as a test.

    Its own links lead to the page where one subscribes. The address is as `clean_address` gives it; the journal keeps
    its domain alone.

    Raises:
        NotPossible: There is nothing in the digest, or the address wants no mail from us.
    """
    if is_suppressed(address):
        raise NotPossible("This address is suppressed: it must never be mailed, not even a test.")
    content = render_digest(as_document(digest), themes=frozenset())
    if content is None:
        raise NotPossible("There is nothing in this digest yet.")
    skeleton = build_skeleton(
        replace(content, subject=TEST_MARK + content.subject), sender=settings.DEFAULT_FROM_EMAIL, headers={}
    )
    subscribe_url = settings.SITE_URL + reverse("newsletter:subscribe")
    message_id = make_message_id(f"test {secrets.token_hex(16)}")
    message = fill(skeleton, Recipient(address, message_id, now, subscribe_url, subscribe_url))
    outcome = transport.send(envelope_sender(), address, message)
    after = {"domain": address.rpartition("@")[2], "outcome": outcome.kind.value, "reply": outcome.reply}
    note_change("mailing.test", subject_of(digest), actor=actor, now=now, after=after)
    return outcome


def resolve(mail: Delivery | Letter, *, has_arrived: bool, actor: Actor, now: datetime) -> None:
    """Say what became of a mail whose outcome is unknown: it arrived, or it is to be sent again, under its Message-ID.

    Raises:
        NotPossible: Its outcome is not unknown any more.
    """
    state = Mail.State.SENT if has_arrived else Mail.State.QUEUED
    with transaction.atomic():
        unknown = type(mail)._default_manager.filter(pk=mail.pk, state=Mail.State.UNKNOWN)
        changes = {"sent_at": mail.claimed_at or now} if has_arrived else {"next_attempt_at": now, "claimed_at": None}
        if not unknown.update(state=state, **changes):
            raise NotPossible("Somebody has said already what became of this mail.")
        if isinstance(mail, Delivery) and not has_arrived:
            done = Mailing.objects.filter(digest=mail.digest_id, state=Mailing.State.DONE)
            done.update(state=Mailing.State.SENDING, finished_at=None)
        note_change(
            "delivery.resolve",
            f"{mail._meta.model_name} {mail.pk}",
            actor=actor,
            now=now,
            before={"state": Mail.State.UNKNOWN.value, "reply": mail.reply},
            after={"state": state.value},
        )


def _move(
    mailing: Mailing, before: Mailing.State, after: Mailing.State, verb: str, *, actor: Actor, now: datetime
) -> None:
    with transaction.atomic():
        if not Mailing.objects.filter(pk=mailing.pk, state=before).update(state=after):
            raise NotPossible(f"This mailing is not {before.label.lower()}; somebody has changed it meanwhile.")
        note_change(
            verb,
            subject_of(mailing.digest),
            actor=actor,
            now=now,
            before={"state": before.value},
            after={"state": after.value},
        )

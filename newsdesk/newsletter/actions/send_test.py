"""Send a digest to one address as a test."""

from __future__ import annotations

import secrets
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from newsdesk.digests.documents.document import as_document
from newsdesk.digests.journal import subject_of
from newsdesk.digests.models import Digest
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.newsletter.delivery.outcome import Outcome
from newsdesk.newsletter.delivery.transports import Transport
from newsdesk.newsletter.mail.messages import envelope_sender, make_message_id
from newsdesk.newsletter.mail.mime import Recipient, build_skeleton, fill
from newsdesk.newsletter.mail.render import render_digest
from newsdesk.newsletter.people.suppressions import is_suppressed

TEST_MARK = "[Test] "


def send_test(digest: Digest, address: str, *, hand: Hand, transport: Transport) -> Outcome:
    """Send a digest, published or not, to one address as subscribers to every theme get it, marked as a test.

    Its own links lead to the page where one subscribes. The address is as `clean_address` gives it; the journal keeps
    its domain alone.

    Raises:
        ActRefused: There is nothing in the digest, or the address wants no mail from us.
    """
    if is_suppressed(address):
        raise ActRefused("This address is suppressed: it must never be mailed, not even a test.")
    content = render_digest(as_document(digest), themes=frozenset())
    if content is None:
        raise ActRefused("There is nothing in this digest yet.")
    skeleton = build_skeleton(
        replace(content, subject=TEST_MARK + content.subject), sender=settings.DEFAULT_FROM_EMAIL, headers={}
    )
    subscribe_url = settings.SITE_URL + reverse("newsletter:subscribe")
    message_id = make_message_id(f"test {secrets.token_hex(16)}")
    message = fill(skeleton, Recipient(address, message_id, hand.now, subscribe_url, subscribe_url))
    outcome = transport.send(envelope_sender(), address, message)
    after = {"domain": address.rpartition("@")[2], "outcome": outcome.kind.value, "reply": outcome.reply}
    hand.note("mailing.test", subject_of(digest), after=after)
    return outcome

"""The message of a delivery or a letter: rendered and encoded once for all who get the same, filled for each."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from newsdesk.digests.documents.document import as_document
from newsdesk.digests.models import Digest
from newsdesk.newsletter.mail.letters import LETTER_HEADERS, compose_letter
from newsdesk.newsletter.mail.mime import Recipient, Skeleton, build_skeleton, fill
from newsdesk.newsletter.mail.render import render_digest
from newsdesk.newsletter.mail.variants import variant_of
from newsdesk.newsletter.models import Delivery, Letter
from newsdesk.newsletter.people.links import preferences_url, unsubscribe_url
from newsdesk.newsletter.people.suppressions import may_be_asked
from newsdesk.newsletter.people.tokens import keyed_hash

# About 0.2 MB each.
SKELETONS_KEPT = 32


class Messages:
    """Makes messages; keeps what it rendered for as long as it lives, a run of sending."""

    def __init__(self) -> None:
        self._document = lru_cache(2)(as_document)
        self._skeleton = lru_cache(SKELETONS_KEPT)(self._build)

    def of_delivery(self, delivery: Delivery, message_id: str) -> bytes | None:
        """The digest for the delivery's subscriber; None where it has nothing of their themes.

        Its Date is that of the mailing, so a second attempt is the same message, byte for byte.
        """
        subscriber, mailing = delivery.subscriber, delivery.digest.mailing
        skeleton = self._skeleton(delivery.digest, variant_of(subscriber.themes))
        if skeleton is None:
            return None
        return fill(
            skeleton,
            Recipient(
                address=subscriber.email,
                message_id=message_id,
                date=mailing.started_at,
                unsubscribe_url=unsubscribe_url(subscriber.public_id),
                preferences_url=preferences_url(subscriber.public_id),
            ),
        )

    def of_letter(self, letter: Letter, message_id: str, *, now: datetime) -> bytes | None:
        """A message about the subscription itself; None where the address was suppressed meanwhile."""
        if not may_be_asked(letter.subscriber.email):
            return None
        skeleton = build_skeleton(
            compose_letter(letter, now=now), sender=settings.DEFAULT_FROM_EMAIL, headers=LETTER_HEADERS
        )
        to = letter.subscriber
        return fill(skeleton, Recipient(to.email, message_id, now, "", preferences_url(to.public_id)))

    def _build(self, digest: Digest, themes: tuple[str, ...]) -> Skeleton | None:
        content = render_digest(self._document(digest), themes=frozenset(themes))
        return build_skeleton(content, sender=settings.DEFAULT_FROM_EMAIL, headers={}) if content else None


def message_id_of(mail: Delivery | Letter) -> str:
    """The Message-ID of a mail, the same at every attempt, from which nobody learns its number."""
    return mail.message_id or make_message_id(f"{type(mail).__name__} {mail.pk}")


def make_message_id(of: str) -> str:
    """A Message-ID at the site's host, from a keyed hash."""
    host = (urlsplit(settings.SITE_URL).hostname or "localhost").encode("idna").decode()
    return f"<{keyed_hash('message', of)[:32]}@{host}>"


def envelope_sender() -> str:
    """The bare address that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

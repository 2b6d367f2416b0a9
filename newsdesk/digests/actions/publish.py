"""Publish an approved digest now, instead of waiting for the line."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.actions.editing import take
from newsdesk.digests.models import Digest
from newsdesk.digests.publish import publish_digest
from newsdesk.digests.refused import NotYetDue
from newsdesk.journal.hand import ActRefused, Hand


def publish_now(digest_id: int, *, hand: Hand) -> Digest:
    """Publish an approved digest whose cut-off has passed.

    Raises:
        ActRefused: Its cut-off lies ahead, it is not approved, or not as the editor saw it.
    """
    with transaction.atomic():
        digest = take(digest_id, hand, states=(Digest.State.APPROVED,))
        try:
            publish_digest(digest, now=hand.now, actor=hand.actor)
        except NotYetDue as error:
            raise ActRefused(str(error)) from error
        return digest

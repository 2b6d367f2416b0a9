"""Approve a digest: from then on nothing builds it again, and its hour publishes it as it stands."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.actions.editing import finish, take
from newsdesk.digests.models import Digest
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change


def approve(digest_id: int, *, hand: Hand) -> Change:
    """Approve a draft.

    Raises:
        ActRefused: It is no draft, or not as the editor saw it.
    """
    return _become(digest_id, Digest.State.DRAFT, Digest.State.APPROVED, "digest.approve", hand)


def withdraw(digest_id: int, *, hand: Hand) -> Change:
    """Make an approved digest a draft again.

    Raises:
        ActRefused: It is not approved, or not as the editor saw it.
    """
    return _become(digest_id, Digest.State.APPROVED, Digest.State.DRAFT, "digest.withdraw", hand)


def _become(digest_id: int, old: Digest.State, new: Digest.State, verb: str, hand: Hand) -> Change:
    with transaction.atomic():
        digest = take(digest_id, hand, states=(old,))
        digest.state = new
        return finish(digest, verb, hand=hand, before={"state": old}, after={"state": new})

"""Approve a digest: from then on nothing builds it again, and its hour publishes it as it stands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from newsdesk.digests.actions.editing import finish, take
from newsdesk.digests.models import Digest
from newsdesk.journal.models import Change
from newsdesk.journal.note import Actor


def approve(digest_id: int, *, edits: int, actor: Actor, now: datetime) -> Change:
    """Approve a draft.

    Raises:
        EditRefused: It is no draft, or not as the editor saw it.
    """
    return _become(digest_id, Digest.State.DRAFT, Digest.State.APPROVED, "digest.approve", edits, actor, now)


def withdraw(digest_id: int, *, edits: int, actor: Actor, now: datetime) -> Change:
    """Make an approved digest a draft again.

    Raises:
        EditRefused: It is not approved, or not as the editor saw it.
    """
    return _become(digest_id, Digest.State.APPROVED, Digest.State.DRAFT, "digest.withdraw", edits, actor, now)


def _become(
    digest_id: int, old: Digest.State, new: Digest.State, verb: str, edits: int, actor: Actor, now: datetime
) -> Change:
    with transaction.atomic():
        digest = take(digest_id, edits=edits, states=(old,))
        digest.state = new
        return finish(digest, verb, actor=actor, now=now, before={"state": old}, after={"state": new})

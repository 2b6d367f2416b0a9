"""Write a change into the journal, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from newsdesk.journal.models import THE_LINE, Change

Actor = AbstractBaseUser | AnonymousUser | None


def note_change(
    verb: str,
    subject: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """Note who did what to what; call it inside the atomic block of the change itself.

    `before` and `after` are plain JSON and hold what is needed to see the change and to undo it. Without an actor the
    line itself did it.
    """
    person = actor if actor is not None and actor.is_authenticated and actor.pk else None
    return Change.objects.create(
        verb=verb,
        subject=subject,
        actor_id=person.pk if person else None,
        actor_name=person.get_username() if isinstance(person, AbstractBaseUser) else THE_LINE,
        made_at=now,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def changes_of(subject: str) -> list[Change]:
    """What was done to a subject, newest first."""
    return list(Change.objects.filter(subject=subject).order_by("-id"))

"""Whose hand makes an act: who acts, when, and what they saw.

What people at the desk do stands under `stories/actions/`, `digests/actions/` and `newsletter/actions/`, a file for an
act and its opposite, and all of it keeps one contract. An act is a function named by its verb, called alike by admin,
commands and tests with what it changes, what is to be done, and `hand`. Whoever calls it has checked the permission;
the act itself checks everything else that it relies on, under a lock, changes rows in one transaction, and notes in
that transaction what it changed, with what is needed to undo it. What it cannot do it refuses by `ActRefused`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from newsdesk.journal.models import Change
from newsdesk.journal.note import Actor, note_change


class ActRefused(Exception):
    """An act that cannot be done as things stand; the message says why, in a sentence for whoever tried."""


class StaleEdit(ActRefused):
    """The thing is not what they saw any more; `since` says who has changed what."""

    def __init__(self, since: str) -> None:
        super().__init__(f"{since}. Nothing of yours is saved yet.")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts (None is the line itself), when, and on what.

    `edits` is the number of edits that the thing had when they looked at it: where it has been edited since, the act is
    refused. None where nobody looked, or the thing counts none: nothing is checked.
    """

    actor: Actor
    now: datetime
    edits: int | None = None

    def note(
        self,
        verb: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> Change:
        """Note in the journal what the act did, as `note_change` does."""
        return note_change(verb, subject, actor=self.actor, now=self.now, before=before, after=after)


def hand_of(request: HttpRequest, *, edits: int | None = None) -> Hand:
    """The hand of whoever sent a request, now; `edits` as the page that they sent it from had it."""
    return Hand(request.user, timezone.now(), edits)

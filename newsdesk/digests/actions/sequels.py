"""Decide about a correction that the line proposed: record it, or dismiss it."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.actions.correct import correct
from newsdesk.digests.actions.editing import finish, take
from newsdesk.digests.models import Digest, Sequel
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change


def accept_sequel(digest_id: int, sequel_id: int, *, text: str = "", hand: Hand) -> Change:
    """Record the correction that was proposed, in the editor's words where there are any.

    Raises:
        ActRefused: Somebody has decided already, or the digest is not as the editor saw it.
    """
    with transaction.atomic():
        sequel = _decide(digest_id, sequel_id, Sequel.State.ACCEPTED, hand)
        return correct(digest_id, text=text or sequel.text, position=sequel.position, hand=hand)


def dismiss_sequel(digest_id: int, sequel_id: int, *, hand: Hand) -> Change:
    """Leave what was published as it stands; the page still links to what became of the story.

    Raises:
        ActRefused: Somebody has decided already, or the digest is not as the editor saw it.
    """
    with transaction.atomic():
        sequel = _decide(digest_id, sequel_id, Sequel.State.DISMISSED, hand)
        digest = take(digest_id, hand, states=(Digest.State.PUBLISHED,))
        return finish(digest, "digest.dismiss", hand=hand, after={"position": sequel.position, "text": sequel.text})


def _decide(digest_id: int, sequel_id: int, state: Sequel.State, hand: Hand) -> Sequel:
    open_ones = Sequel.objects.filter(pk=sequel_id, digest_id=digest_id, state=Sequel.State.PROPOSED)
    if not open_ones.update(state=state, decided_at=hand.now):
        raise ActRefused("There is no such proposal any more: somebody has decided about it.")
    return Sequel.objects.get(pk=sequel_id)

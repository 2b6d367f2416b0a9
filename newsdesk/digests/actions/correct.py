"""Record a correction of a published digest: the only change that it takes."""

from __future__ import annotations

from django.db import transaction

from feeds.scrub import scrub
from newsdesk.digests.actions.editing import finish, take
from newsdesk.digests.models import Correction, Digest
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change

MOST_CHARACTERS = 2_000


def correct(digest_id: int, *, text: str, position: int | None = None, hand: Hand) -> Change:
    """Record a correction (at most 2,000 characters) of the item at a position, or of the digest as a whole.

    Raises:
        ActRefused: It says nothing, there is no such item, or the digest is not published or not as the editor saw it.
    """
    text = scrub(text, MOST_CHARACTERS)
    if not text:
        raise ActRefused("Say what is corrected.")
    with transaction.atomic():
        digest = take(digest_id, hand, states=(Digest.State.PUBLISHED,))
        row = digest.items.in_page_order().filter(position=position).first() if position is not None else None
        if position is not None and row is None:
            raise ActRefused(f"There is no item {position} in this digest.")
        Correction.objects.create(digest=digest, position=position, text=text, made_at=hand.now)
        after = {"position": position, "headline": row.headline if row else "", "text": text}
        return finish(digest, "digest.correct", hand=hand, after=after)

"""Give a digest its title and dek."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from feeds.scrub import scrub
from newsdesk.digests.actions.editing import finish, follow_items, take
from newsdesk.digests.models import Digest
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change

MOST_TITLE_CHARACTERS = 300
MOST_DEK_CHARACTERS = 500


def retitle(digest_id: int, *, title: str, dek: str, hand: Hand) -> Change:
    """Set the title (at most 300 characters) and the dek (500) of a draft; an empty one follows the items again.

    Raises:
        ActRefused: Nothing differs, or the digest is no draft or not as the editor saw it.
    """
    title, dek = scrub(title, MOST_TITLE_CHARACTERS), scrub(dek, MOST_DEK_CHARACTERS)
    with transaction.atomic():
        digest = take(digest_id, hand)
        before = titles_of(digest)
        digest.is_title_edited = bool(title) and (digest.is_title_edited or title != digest.title)
        digest.is_dek_edited = bool(dek) and (digest.is_dek_edited or dek != digest.dek)
        digest.title, digest.dek = title or digest.title, dek or digest.dek
        follow_items(digest)
        if titles_of(digest) == before:
            raise ActRefused("Title and dek are as they were.")
        return finish(digest, "digest.title", hand=hand, before=before, after=titles_of(digest))


def titles_of(digest: Digest) -> dict[str, Any]:
    """Title and dek and whether an editor wrote them, for the journal."""
    return {
        "title": digest.title,
        "is_title_edited": digest.is_title_edited,
        "dek": digest.dek,
        "is_dek_edited": digest.is_dek_edited,
    }

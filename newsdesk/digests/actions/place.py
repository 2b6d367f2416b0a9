"""Move an item to another place of the page; a rebuild leaves it there while the others flow around it."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.actions.editing import find_row, finish, follow_items, place_of, rows_of, take, write_page
from newsdesk.digests.building.page_order import Spot, put
from newsdesk.digests.building.rows import page_of
from newsdesk.digests.shape import Section
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change


def place_item(
    digest_id: int,
    story: str,
    *,
    section: str,
    place: int,
    hand: Hand,
    is_placed: bool = True,
) -> Change:
    """Move the item of a story (its public id) to a place, from 0, in a section; in short, among those of its theme.

    A place beyond the last is the last. The lead has one place: who stood there opens the big stories. `is_placed` is
    false where a move is taken back to where no editor had placed it.

    Raises:
        ActRefused: There is no such section, the item stands there already or is not in the digest, or the digest is
            no draft or not as the editor saw it.
    """
    if section not in Section.values:
        raise ActRefused("There is no such section.")
    with transaction.atomic():
        digest = take(digest_id, hand)
        rows = rows_of(digest)
        row = find_row(rows, story)
        page = page_of(rows)
        moved = put(page, Spot(row.story_id, Section(section), row.theme), place)
        if moved == page and row.is_placed == is_placed:
            raise ActRefused(f"“{row.headline}” stands there already.")
        before, told = place_of(row, rows), row.sentences
        row.is_placed = is_placed
        row.save(update_fields=["is_placed"])
        write_page(digest, rows, moved)
        follow_items(digest)
        after = place_of(row, rows_of(digest))
        if row.sentences != told:  # told at more length for its new section
            before, after = {**before, "sentences": told}, {**after, "sentences": row.sentences}
        return finish(digest, "digest.place", hand=hand, before=before, after=after)

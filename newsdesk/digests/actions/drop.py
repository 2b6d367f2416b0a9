"""Take an item out of a digest, and put it back: it keeps its text meanwhile."""

from __future__ import annotations

from django.db import transaction

from newsdesk.digests.actions.editing import find_row, finish, follow_items, place_of, rows_of, take, write_page
from newsdesk.digests.building.page_order import Spot, put, without
from newsdesk.digests.building.rows import page_of, standings
from newsdesk.digests.shape import Section
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change


def drop_item(digest_id: int, story: str, *, hand: Hand) -> Change:
    """Drop the item of a story (its public id) from a draft; no rebuild brings it back.

    Raises:
        ActRefused: It is not in the digest, or the digest is no draft or not as the editor saw it.
    """
    with transaction.atomic():
        digest = take(digest_id, hand)
        rows = rows_of(digest)
        row = find_row(rows, story)
        before = place_of(row, rows)
        page = without(page_of(rows), row.story_id)
        row.is_dropped = True
        row.save(update_fields=["is_dropped"])
        write_page(digest, rows, page)
        follow_items(digest)
        after = {**before, "is_dropped": True}
        return finish(digest, "digest.drop", hand=hand, before=before, after=after)


def restore_item(digest_id: int, story: str, *, hand: Hand) -> Change:
    """Put a dropped item back to about where it stood.

    Raises:
        ActRefused: It is not dropped, its story is hidden or told already as part of another, or the digest is no
            draft or not as the editor saw it.
    """
    with transaction.atomic():
        digest = take(digest_id, hand)
        rows = rows_of(digest)
        row = find_row(rows, story, is_dropped=True)
        if row.story.is_hidden:
            raise ActRefused(f"“{row.headline}” is hidden from readers; show the story again first.")
        page = page_of(rows)
        stands = standings(one.story_id for one in rows)
        if stands[row.story_id] in {stands[spot.story] for spot in page}:
            raise ActRefused(f"“{row.headline}” was merged into a story that is in this digest.")
        spot = Spot(row.story_id, Section(row.section), row.theme)
        positions = {one.story_id: one.position for one in rows}
        place = sum(other.row == spot.row and positions[other.story] < row.position for other in page)
        before = place_of(row, rows)
        # Out of the unique positions' way until the page is written.
        row.position = len(rows) + max(positions.values())
        row.is_dropped = False
        row.save(update_fields=["is_dropped", "position"])
        write_page(digest, rows, put(page, spot, place))
        follow_items(digest, came=row)
        return finish(digest, "digest.restore", hand=hand, before=before, after=place_of(row, rows_of(digest)))

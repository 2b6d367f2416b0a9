"""Put entries into another story."""

from __future__ import annotations

from collections.abc import Collection

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.stories.actions.editing import (
    lock_stories,
    moves_to,
    rearrange,
    refuse_merged,
    refuse_stale,
    with_copies,
    writing_coverage,
)
from newsdesk.stories.constraints import pair
from newsdesk.stories.models import Coverage, Story


def move_entries(
    entry_ids: Collection[int],
    target: Story,
    *,
    hand: Hand,
    source: Story | None = None,
) -> Story:
    """Move entries and their copies to another story; one that has no coverage left is merged into it.

    With `source` they must be in that story, whose edits `hand` counts.

    Raises:
        ActRefused: nothing to move, an entry is in no story or in the target already, the target is merged, a
            story was edited meanwhile, or the line is writing coverage.
    """
    if not entry_ids:
        raise ActRefused("Tick what is to be moved.")
    with writing_coverage():
        rows = list(Coverage.objects.filter(entry__in=entry_ids))
        if len(rows) != len(set(entry_ids)) or (source and any(row.story_id != source.pk for row in rows)):
            raise ActRefused("Some of these entries are not in the story any more.")
        sources = {row.story_id for row in rows}
        if target.pk in sources:
            raise ActRefused("They are in that story already.")
        locked = lock_stories([*sources, target.pk])
        refuse_merged(locked.values())
        if source:
            refuse_stale(locked[source.pk], hand)
        whole = list(
            Coverage.objects.filter(story__in=sources)
            .select_related("entry__fingerprint")
            .order_by("entry__seen_at", "entry_id")
        )
        moved = with_copies(entry_ids, whole)
        moves = moves_to(locked[target.pk], [row for row in whole if row.entry_id in moved])
        apart = [pair(target.pk, other) for other in sources]
        subject = locked[min(sources)] if source is None else locked[source.pk]
        rearrange("story.move", subject, locked, moves, hand=hand, apart=apart)
    return locked[target.pk]

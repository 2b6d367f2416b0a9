"""Make one story of several."""

from __future__ import annotations

from collections.abc import Collection

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.stories.actions.editing import lock_stories, moves_to, rearrange, refuse_merged, writing_coverage
from newsdesk.stories.models import Coverage, Story

# More at once is a slip of the hand.
MAX_MERGED_STORIES = 20


def merge_stories(stories: Collection[Story], *, hand: Hand) -> Story:
    """Merge stories into the one whose first entry was seen first; the others redirect to it.

    Raises:
        ActRefused: fewer than two, one merged already or without coverage, or the line is writing coverage.
    """
    ids = {story.pk for story in stories}
    if len(ids) < 2:
        raise ActRefused("Merging takes two stories at least.")
    if len(ids) > MAX_MERGED_STORIES:
        raise ActRefused(f"No more than {MAX_MERGED_STORIES} stories are merged at once.")
    with writing_coverage():
        locked = lock_stories(ids)
        refuse_merged(locked.values())
        rows = list(
            Coverage.objects.filter(story__in=ids)
            .select_related("entry__fingerprint")
            .order_by("entry__seen_at", "entry_id")
        )
        if bare := [story for pk, story in locked.items() if pk not in {row.story_id for row in rows}]:
            raise ActRefused(f"Nothing covers “{bare[0].headline}” any more.")
        target = locked[rows[0].story_id]
        moves = moves_to(target, [row for row in rows if row.story_id != target.pk])
        rearrange("story.merge", target, locked, moves, hand=hand)
    return target

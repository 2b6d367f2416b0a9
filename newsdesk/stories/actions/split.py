"""Make two stories of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef

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
from newsdesk.stories.clustering.founding import founding_ids, story_public_id
from newsdesk.stories.clustering.rebuild import entry_language
from newsdesk.stories.constraints import pair
from newsdesk.stories.models import Coverage, Story


def split_story(story: Story, entry_ids: Collection[int], *, hand: Hand) -> Story:
    """Part these entries and their copies from the rest of a story; the story that is new.

    The half with the older first entry keeps the id. The other half gets back an id that one of its entries founded
    earlier, or else the one that its first entry founds.

    Raises:
        ActRefused: nothing or everything is parted, an entry is not in the story, the story is merged or was
            edited meanwhile, or the line is writing coverage.
    """
    if not entry_ids:
        raise ActRefused("Tick what is to be split off.")
    with writing_coverage():
        kept = lock_stories([story.pk])[story.pk]
        refuse_merged([kept])
        refuse_stale(kept, hand)
        rows = list(
            Coverage.objects.filter(story=kept)
            .select_related("entry__feed__publisher", "entry__fingerprint")
            .order_by("entry__seen_at", "entry_id")
        )
        if not set(entry_ids) <= {row.entry_id for row in rows}:
            raise ActRefused("Some of these entries are not in the story any more.")
        parted = with_copies(entry_ids, rows)
        if len(parted) == len(rows):
            raise ActRefused("That is the whole story; something must stay.")
        if rows[0].entry_id in parted:
            parted = {row.entry_id for row in rows} - parted
        leaving = [row for row in rows if row.entry_id in parted]
        new = _story_for(leaving, kept)
        locked = {kept.pk: kept, new.pk: new}
        rearrange("story.split", kept, locked, moves_to(new, leaving), hand=hand, apart=[pair(kept.pk, new.pk)])
    return new


def _story_for(rows: Sequence[Coverage], source: Story) -> Story:
    """The story that these rows, in the order seen, founded earlier and that has no coverage now, or a new one."""
    names = [name for row in rows for name in founding_ids(row.entry.feed.url, row.entry.guid)]
    found = Story.objects.select_for_update().filter(public_id__in=names)
    bare = found.exclude(Exists(Coverage.objects.filter(story=OuterRef("pk"))))
    if earlier := min(bare, key=lambda story: names.index(story.public_id), default=None):
        return earlier
    first = rows[0].entry
    taken = set(Story.objects.filter(public_id__in=names).values_list("public_id", flat=True))
    return Story.objects.create(
        public_id=story_public_id(first.feed.url, first.guid, taken),
        headline=first.title,
        first_seen_at=first.seen_at,
        last_seen_at=first.seen_at,
        language=entry_language(first),
        is_hidden=source.is_hidden,
        version=0,
    )

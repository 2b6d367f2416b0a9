"""What repairs have moved, read from the journal: so that a time before them can be taken up again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from feeds.models import Entry
from newsdesk.journal.models import THE_LINE, Change
from newsdesk.stories.models import Constraint, Coverage

REPAIR_VERBS = ("story.merge", "story.split")


def is_repair(change: Change) -> bool:
    """Whether the desk itself has made the change, because evidence had grown."""
    return "repair" in change.after


def places_before_repairs(since: datetime) -> dict[int, str]:
    """Entries seen before `since` -> the story, by public id, where each stood until entries seen later moved it.

    Repairs that an editor has undone count no more, and what an editor has spoken of since, or moved, stays put.
    """
    noted = Change.objects.filter(verb__in=REPAIR_VERBS, actor_name=THE_LINE, undone_by=None, made_at__gte=since)
    repairs = [change for change in noted.order_by("-id") if is_repair(change)]
    later = _seen_since({change.after["repair"]["cause"] for change in repairs}, since)
    repairs = [change for change in repairs if change.after["repair"]["cause"] in later]
    story_of = _free_places({place[0] for change in repairs for place in change.after["places"]})
    stood: dict[int, str] = {}
    for change in repairs:
        went = {entry: name for entry, name, *_ in change.after["places"]}
        for entry, name, *_ in change.before["places"]:
            if story_of.get(entry) == went[entry]:
                story_of[entry] = stood[entry] = name
    seen_later = _seen_since(stood.keys(), since)
    return {entry: name for entry, name in stood.items() if entry not in seen_later}


def forget_repairs() -> None:
    """Delete what the journal says of repairs, once the stories that they were of are deleted."""
    Change.objects.filter(verb__in=REPAIR_VERBS, actor_name=THE_LINE).delete()


def _seen_since(entries: Collection[int], since: datetime) -> set[int]:
    return set(Entry.objects.filter(pk__in=entries, seen_at__gte=since).values_list("pk", flat=True))


def _free_places(entries: set[int]) -> dict[int, str]:
    """The stories of these entries, without those that an editor has put their hand to."""
    standing = Constraint.objects.filter(is_withdrawn=False)
    said = Coverage.objects.filter(Q(entry__in=standing.values("one")) | Q(entry__in=standing.values("other")))
    rows = Coverage.objects.filter(entry__in=entries).exclude(story__in=said.values("story")).select_related("story")
    return {row.entry_id: row.story.public_id for row in rows if not row.story.is_edited}

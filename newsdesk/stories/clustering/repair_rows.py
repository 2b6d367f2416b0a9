"""Carry the clusterer's repairs out in rows, in the transaction that writes the batch which brought them about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from feeds.models import Entry
from newsdesk.journal.note import note_change
from newsdesk.stories.clustering.absorb import absorb_emptied
from newsdesk.stories.clustering.rebuild import entry_language
from newsdesk.stories.clustering.standing import Mended, Place, Standing
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.snapshot import edited_fields, snapshot, subject_of


class RevisedMeanwhile(Exception):
    """An editor has revised a story that a repair would touch, since the repair was decided."""


def lock_named(names: Collection[str], mended: Collection[str]) -> dict[str, Story]:
    """The stories of these public ids, locked, and with them what follows up the `mended` ones, which may be led on.

    Raises:
        RevisedMeanwhile: one of the mended ones is an editor's by now.
    """
    wanted = Q(public_id__in=names)
    if mended:
        wanted |= Q(thread__in=Story.objects.filter(public_id__in=mended))
    # Locked, so that what an editor writes meanwhile is not overwritten by what was read before.
    locked = list(Story.objects.select_for_update().filter(wanted).order_by("pk"))
    if any(story.is_edited for story in locked if story.public_id in mended):
        raise RevisedMeanwhile
    return {story.public_id: story for story in locked if story.public_id in names}


def found_stories(founders: Mapping[str, int], stories: dict[str, Story], entries: Mapping[int, Entry]) -> None:
    """Add to `stories` those that are new, in the order in which they were founded, so that row ids follow it.

    `entries` are those at hand; others that found a story are read.
    """
    new = {name: entry for name, entry in founders.items() if name not in stories}
    known = dict(entries)
    if missing := [entry for entry in new.values() if entry not in known]:
        known |= Entry.objects.select_related("feed__publisher").in_bulk(missing)
    made = [_founded(name, known[entry]) for name, entry in new.items()]
    Story.objects.bulk_create(made)
    stories |= {story.public_id: story for story in made}


def read_standing(rows: QuerySet[Coverage]) -> Standing:
    """The places that these rows give, in the order seen. One query."""
    fields = ("entry", "story__public_id", "role", "similarity", "entry__fingerprint__original")
    standing = Standing()
    for entry, *place in rows.order_by("entry__seen_at", "entry_id").values_list(*fields):
        standing.put(entry, Place(*place))
    return standing


def move_rows(mended: Iterable[Mended], standing: Standing, stories: Mapping[str, Story], *, now: datetime) -> None:
    """Put the rows of what was moved where it stands at last; rows that are not yet written are left out."""
    moved = {entry for one in mended for entry, _ in one.after}
    rows = list(Coverage.objects.filter(entry__in=moved))
    for row in rows:
        place = standing.places[row.entry_id]
        row.story, row.similarity, row.clustered_at = stories[place.story], place.similarity, now
    Coverage.objects.bulk_update(rows, ["story", "similarity", "clustered_at"], batch_size=500)


def absorb_mended(mended: Sequence[Mended], standing: Standing, stories: Mapping[str, Story]) -> list[list[str]]:
    """Merge those of the stories that have lost all coverage; the stories unsaved. As `absorb_emptied`."""
    takers = {
        name: stories[standing.places[one.before[0][0]].story]
        for one in mended
        for name in one.bare_after
        if name == one.repair.source
    }
    return absorb_emptied({story.pk: story for story in stories.values()}, takers)


def note_repairs(
    mended: Sequence[Mended],
    before: Mapping[str, dict[str, Any]],
    stories: Mapping[str, Story],
    followers: Sequence[Sequence[str]],
    *,
    now: datetime,
) -> None:
    """Note each repair in the journal as an edit of the desk itself, with what an editor needs to undo it.

    `before` are the stories' `edited_fields` by public id as they were, `followers` the follow-ups that were led on.
    """
    for one in mended:
        repair = one.repair
        verb, subject, other = (
            ("story.merge", repair.target, repair.source)
            if repair.kind == "merge"
            else ("story.split", repair.source, repair.target)
        )
        touched = (subject, other)
        change = note_change(
            verb,
            subject_of(stories[subject]),
            actor=None,
            now=now,
            before=snapshot({name: before[name] for name in touched}, one.bare_before, _as_told(one.before)),
            after=snapshot(
                {name: edited_fields(stories[name]) for name in touched}, one.bare_after, _as_told(one.after)
            )
            | {"made": [], "withdrawn": [], "followers": [two for two in followers if two[1] == repair.source]}
            | {"repair": {"cause": one.cause, "probability": repair.probability}},
        )
        part = {"part_of": change.pk, "story": subject}
        note_change(verb, subject_of(stories[other]), actor=None, now=now, after=part)


def _as_told(places: Iterable[tuple[int, Place]]) -> list[tuple[int, str, str, float | None]]:
    return [(entry, place.story, place.role, place.similarity) for entry, place in places]


def _founded(name: str, entry: Entry) -> Story:
    return Story(
        public_id=name,
        headline=entry.title,
        first_seen_at=entry.seen_at,
        last_seen_at=entry.seen_at,
        language=entry_language(entry),
    )

"""Cluster again what was seen since a time, from the rows, as the line would do it now; what editors said stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Entry
from newsdesk.lease import held_lease, renew_lease
from newsdesk.stories.clustering.absorb import absorb_emptied
from newsdesk.stories.clustering.cluster import BATCH_ENTRIES, LEASE, LEASE_DURATION
from newsdesk.stories.clustering.placing import decide
from newsdesk.stories.clustering.rebuild import READ_ROWS, entry_language, open_coverage, rebuild_clusterer
from newsdesk.stories.clustering.refresh import REFRESHED_FIELDS, refresh_stories
from newsdesk.stories.clustering.repair_rows import read_standing
from newsdesk.stories.clustering.repairs_in_journal import places_before_repairs
from newsdesk.stories.clustering.standing import Place, Standing
from newsdesk.stories.embedding.embed import embed_texts
from newsdesk.stories.models import Coverage, Story

PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reclustered:
    """How many entries were decided on, how many of them stand elsewhere now, and how many stories that touched."""

    entries: int
    moved: int
    stories: int


def recluster(since: datetime, *, now: datetime) -> Reclustered:
    """Cluster the covered entries seen at or after `since` again and write what came out differently.

    All is decided first, on rows of entries seen before as they stood then (`mended.places_before_repairs`) and on what
    editors said; then one short transaction writes the difference, so that readers never see a story half taken apart.
    Repairs are made as the line makes them, but what comes of them here is not noted in the journal. Stories keep their
    permanent ids: an entry that founded one founds it again; one that ends up empty is merged into the story that holds
    its first entry.

    Raises:
        LeaseBusy: clustering is running.
        LeaseLost: another process took over while this one decided; nothing is written.
    """
    with held_lease(LEASE, duration=LEASE_DURATION, patience=PATIENCE) as holder:
        before_repairs = places_before_repairs(since)
        clusterer = rebuild_clusterer(before=since, placed=before_repairs)
        standing = _standing(since, before_repairs)
        touched = set(before_repairs)

        def go_on() -> None:
            renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)

        for batch in _batches(_covered(since)):
            held = {entry.pk: entry.coverage.story for entry in batch}
            embed_texts((entry.fingerprint.text for entry in batch), now=now, after_chunk=go_on)
            decisions = decide(
                batch,
                clusterer,
                decided={entry: place.story for entry, place in standing.places.items()},
                used={place.story for place in standing.places.values()},
                held={entry: story.public_id for entry, story in held.items()},
                since=since,
                edited={entry for entry, story in held.items() if story.is_edited},
            )
            mended = standing.follow(decisions, {entry.pk: entry.fingerprint.original_id for entry in batch})
            touched |= decisions.keys() | {entry for one in mended for entry, _ in one.after}
            go_on()
        with transaction.atomic():
            renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
            return _write({entry: standing.places[entry] for entry in touched}, since=since, now=now)


def _standing(since: datetime, placed: Mapping[int, str]) -> Standing:
    """Where everything stood that was seen before in the stories still open then."""
    rows, _ = open_coverage(since, placed)
    standing = read_standing(rows)
    for entry, story in placed.items():
        standing.put(entry, replace(standing.places[entry], story=story))
    return standing


def _covered(since: datetime) -> QuerySet[Entry]:
    return (
        Entry.objects.filter(seen_at__gte=since, coverage__isnull=False, fingerprint__isnull=False)
        .select_related("feed__publisher", "fingerprint__text", "coverage__story")
        .order_by("seen_at", "id")
    )


def _batches(entries: QuerySet[Entry]) -> Iterator[list[Entry]]:
    """The entries by keys, a batch in memory at a time."""
    ids = list(entries.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH_ENTRIES):
        yield list(entries.filter(pk__in=ids[start : start + BATCH_ENTRIES]))


def _write(places: Mapping[int, Place], *, since: datetime, now: datetime) -> Reclustered:
    """Write the places that differ from the rows; every story touched gets a new version."""
    entries = sorted(places)
    rows = [
        row
        for start in range(0, len(entries), READ_ROWS)
        for row in Coverage.objects.filter(entry__in=entries[start : start + READ_ROWS])
        .select_related("story", "entry__feed__publisher", "entry__fingerprint__text")
        .defer("entry__summary", "entry__body")
        if (row.story.public_id, row.role) != (places[row.entry_id].story, places[row.entry_id].role)
    ]
    changed = sorted(rows, key=lambda row: (row.entry.seen_at, row.entry_id))
    stories = _stories({row.story.public_id for row in changed}, [(row, places[row.entry_id]) for row in changed])
    first_taken: dict[str, Story] = {}
    for row in changed:
        place = places[row.entry_id]
        first_taken.setdefault(row.story.public_id, stories[place.story])
        row.story, row.role, row.similarity = stories[place.story], place.role, place.similarity
        if row.entry.seen_at >= since:
            row.text = row.entry.fingerprint.text
        row.clustered_at = now
    Coverage.objects.bulk_update(changed, ["story", "role", "similarity", "text", "clustered_at"], batch_size=500)
    absorb_emptied({story.pk: story for story in stories.values()}, first_taken)
    for story in stories.values():
        story.version += 1
    refresh_stories(stories.values())
    fields = [*REFRESHED_FIELDS, "is_headline_edited", "theme", "second_theme", "is_theme_edited", "is_pinned"]
    Story.objects.bulk_update(stories.values(), [*fields, "merged_into", "thread", "version"], batch_size=200)
    return Reclustered(entries=len(places), moved=len(changed), stories=len(stories))


def _stories(names: set[str], placed: list[tuple[Coverage, Place]]) -> dict[str, Story]:
    """The stories of these names and those to go to, locked; those that nothing founded before are made."""
    wanted = names | {place.story for _, place in placed}
    found = Story.objects.select_for_update().filter(public_id__in=wanted).order_by("pk")
    stories = {story.public_id: story for story in found}
    new: dict[str, Story] = {}
    for row, place in placed:
        if place.story not in stories:
            entry = row.entry
            new.setdefault(
                place.story,
                Story(
                    public_id=place.story,
                    headline=entry.title,
                    first_seen_at=entry.seen_at,
                    last_seen_at=entry.seen_at,
                    language=entry_language(entry),
                    version=0,
                ),
            )
    Story.objects.bulk_create(new.values())
    return stories | new

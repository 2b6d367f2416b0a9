"""Cluster again what was seen since a time, from the rows, as the line would do it now; what editors said stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Entry
from newsdesk.stories.absorb import settle
from newsdesk.stories.cluster import BATCH_ENTRIES, LEASE, LEASE_DURATION
from newsdesk.stories.clusterer import Decision
from newsdesk.stories.embed import embed_texts
from newsdesk.stories.lease import held_lease, renew_lease
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.placing import decide
from newsdesk.stories.refresh import REFRESHED_FIELDS, refresh_stories
from newsdesk.stories.window import entry_language, rebuild_clusterer

PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reclustered:
    """How many entries were decided on, how many of them stand elsewhere now, and how many stories that touched."""

    entries: int
    moved: int
    stories: int


def recluster(since: datetime, *, now: datetime) -> Reclustered:
    """Cluster the covered entries seen at or after `since` again and write what came out differently.

    All is decided first, on rows of entries seen before and on what editors said; then one short transaction writes
    the difference, so that readers never see a story half taken apart. Stories keep their permanent ids: an entry that
    founded one founds it again; one that ends up empty is merged into the story that holds its first entry.

    Raises:
        LeaseBusyError: clustering is running.
        LeaseLostError: another process took over while this one decided; nothing is written.
    """
    with held_lease(LEASE, duration=LEASE_DURATION, patience=PATIENCE) as holder:
        clusterer = rebuild_clusterer(before=since)
        decided: dict[int, str] = {}
        used: set[str] = set()
        decisions: dict[int, Decision] = {}

        def go_on() -> None:
            renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)

        for batch in _batches(_covered(since)):
            held = {entry.pk: entry.coverage.story.public_id for entry in batch}
            embed_texts((entry.fingerprint.text for entry in batch), now=now, after_chunk=go_on)
            found = decide(batch, clusterer, decided=decided, used=used, held=held, since=since)
            decisions |= found
            decided |= {entry: decision.story for entry, decision in found.items()}
            used |= {decision.story for decision in found.values()}
            go_on()
        with transaction.atomic():
            renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
            return _write(decisions, since=since, now=now)


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


def _write(decisions: dict[int, Decision], *, since: datetime, now: datetime) -> Reclustered:
    """Write the decisions that differ from the rows; every story touched gets a new version."""
    rows = Coverage.objects.filter(entry__seen_at__gte=since).select_related("story", "entry__feed__publisher")
    changed = [
        row
        for row in rows.select_related("entry__fingerprint__text").order_by("entry__seen_at", "entry_id").iterator(500)
        if (told := decisions.get(row.entry_id)) and (row.story.public_id, row.role) != (told.story, told.role)
    ]
    stories = _stories({row.story.public_id for row in changed}, [(row, decisions[row.entry_id]) for row in changed])
    first_taken: dict[str, Story] = {}
    for row in changed:
        decision = decisions[row.entry_id]
        first_taken.setdefault(row.story.public_id, stories[decision.story])
        row.story, row.role, row.similarity = stories[decision.story], decision.role, decision.similarity
        row.text, row.clustered_at = row.entry.fingerprint.text, now
    Coverage.objects.bulk_update(changed, ["story", "role", "similarity", "text", "clustered_at"], batch_size=500)
    settle({story.pk: story for story in stories.values()}, first_taken)
    for story in stories.values():
        story.version += 1
    refresh_stories(stories.values())
    fields = [*REFRESHED_FIELDS, "is_headline_edited", "theme", "second_theme", "is_theme_edited", "is_pinned"]
    Story.objects.bulk_update(stories.values(), [*fields, "merged_into", "thread", "version"], batch_size=200)
    return Reclustered(entries=len(decisions), moved=len(changed), stories=len(stories))


def _stories(names: set[str], placed: list[tuple[Coverage, Decision]]) -> dict[str, Story]:
    """The stories of these names and those to go to, locked; those that nothing founded before are made."""
    wanted = names | {decision.story for _, decision in placed}
    found = Story.objects.select_for_update().filter(public_id__in=wanted).order_by("pk")
    stories = {story.public_id: story for story in found}
    new: dict[str, Story] = {}
    for row, decision in placed:
        if decision.story not in stories:
            entry = row.entry
            new.setdefault(
                decision.story,
                Story(
                    public_id=decision.story,
                    headline=entry.title,
                    first_seen_at=entry.seen_at,
                    last_seen_at=entry.seen_at,
                    language=entry_language(entry),
                    version=0,
                ),
            )
    Story.objects.bulk_create(new.values())
    return stories | new

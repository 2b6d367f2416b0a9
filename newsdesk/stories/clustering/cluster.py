"""Put fingerprinted entries into stories: one leased writer, in the order seen, in short batches."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from feeds.models import Entry
from newsdesk.lease import LeaseLost, new_holder, release_lease, renew_lease, take_lease
from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.comparing.own_odds import current_odds
from newsdesk.stories.clustering.item import Decision
from newsdesk.stories.clustering.placing import decide
from newsdesk.stories.clustering.rebuild import rebuild_clusterer, window_rows
from newsdesk.stories.clustering.refresh import REFRESHED_FIELDS, refresh_stories
from newsdesk.stories.clustering.repair_rows import (
    RevisedMeanwhile,
    absorb_mended,
    found_stories,
    lock_named,
    move_rows,
    note_repairs,
    read_standing,
)
from newsdesk.stories.clustering.standing import Standing, founders, named_stories
from newsdesk.stories.embedding.embed import embed_texts
from newsdesk.stories.models import Coverage, Fingerprint, Story
from newsdesk.stories.pending import entries_by_key, in_order_seen, in_turn
from newsdesk.stories.snapshot import edited_fields

logger = logging.getLogger(__name__)

LEASE = "cluster"
# Longer than a batch and a rebuild together; after a kill -9 the next writer waits so long.
LEASE_DURATION = timedelta(seconds=60)
BATCH_ENTRIES = 200

# The state that this process left behind with the rows it stands for; used again only if those are still the same.
_left: tuple[Clusterer, dict[str, Any]] | None = None


def cluster_pending(*, now: datetime, limit: int | None = None, is_in_turn: bool = False) -> int:
    """Place the fingerprinted news entries that have no coverage, in (`seen_at`, id) order; how many were.

    With `is_in_turn` entries wait for news seen before them that is on its way still (`pending.in_turn`).

    Returns 0 at once while another writer holds the lease. An entry that arrives late, seen before others that are
    placed already, is placed among the stories open by then. Every batch is one transaction: killed between two, the
    next run goes on with the entries left over and decides the same, for its state is rebuilt from the rows.
    """
    global _left
    holder = new_holder()
    # A lease is about processes, not news: it runs on the real clock, also when a recording is replayed.
    if not _has_pending() or not take_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION):
        return 0
    known, _left = _left, None
    waiting: list[int] = []
    turn = now if is_in_turn else None
    done = 0

    def go_on() -> None:
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)

    try:
        while batch := _next_batch(
            waiting, size := BATCH_ENTRIES if limit is None else min(BATCH_ENTRIES, limit - done), turn
        ):
            embed_texts((entry.fingerprint.text for entry in batch), now=now, after_chunk=go_on)
            clusterer = known[0] if known and _is_current(*known) else rebuild_clusterer()
            try:
                rows = _place(batch, clusterer, holder=holder, now=now)
            except RevisedMeanwhile:
                # Decided again, on rows that say so.
                known = None
                continue
            known = None if clusterer.has_reopened else (clusterer, rows)
            del waiting[:size]
            done += len(batch)
        _left = known
    except LeaseLost:
        logger.warning("Another process has taken over clustering; it goes on with the entries left over.")
    finally:
        release_lease(LEASE, holder, now=timezone.now())
    return done


def _is_current(clusterer: Clusterer, rows: dict[str, Any]) -> bool:
    """Whether what a clusterer knows is what stands written, and the weights it decides by are today's.

    New weights are taken up between two batches, never within one.
    """
    return clusterer.own_odds == current_odds() and rows == window_rows()


def _has_pending() -> bool:
    return Fingerprint.objects.awaiting_clustering().exists()


def _next_batch(waiting: list[int], size: int, turn: datetime | None) -> list[Entry]:
    """The first of the entries waiting, by id in the order seen; when none is left, what waits is looked up again."""
    if not waiting:
        awaiting = entries_by_key(Fingerprint.objects.awaiting_clustering())
        found = in_order_seen(awaiting, Entry.objects.filter(is_news=True, coverage=None))
        waiting[:] = in_turn(found, turn) if turn else found
    entries = Entry.objects.filter(pk__in=waiting[:size], coverage=None)
    return list(entries.select_related("feed__publisher", "fingerprint__text").order_by("seen_at", "id"))


def _place(batch: Sequence[Entry], clusterer: Clusterer, *, holder: str, now: datetime) -> dict[str, Any]:
    """Decide on a batch and write that in one transaction that still holds the lease; the window's rows then.

    Raises:
        RevisedMeanwhile: a repair would touch what an editor has just made theirs; nothing is written.
        LeaseLost: another process has taken over; nothing is written.
    """
    decisions = decide(batch, clusterer)
    with transaction.atomic():
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
        write_decisions(batch, decisions, now=now)
        return window_rows()


def write_decisions(batch: Sequence[Entry], decisions: Mapping[int, Decision], *, now: datetime) -> None:
    """Write where the entries of a batch go, and carry out the repairs in their order; inside a transaction.

    Raises:
        RevisedMeanwhile: a repair would touch what an editor has just made theirs.
    """
    founding, repaired = founders(decisions), named_stories(decisions.values())
    stories = lock_named(founding.keys(), repaired)
    for story in stories.values():
        story.version += 1
    found_stories(founding, stories, {entry.pk: entry for entry in batch})
    before = {name: edited_fields(stories[name]) for name in repaired}
    standing = read_standing(Coverage.objects.filter(story__public_id__in=repaired)) if repaired else Standing()
    mended = standing.follow(decisions, {entry.pk: entry.fingerprint.original_id for entry in batch})
    if mended:
        move_rows(mended, standing, stories, now=now)
    places = standing.places
    Coverage.objects.bulk_create(
        Coverage(
            entry=entry,
            story=stories[places[entry.pk].story],
            role=places[entry.pk].role,
            similarity=places[entry.pk].similarity,
            text=entry.fingerprint.text,
            clustered_at=now,
        )
        for entry in batch
    )
    Fingerprint.objects.filter(entry__in=batch).update(awaits_clustering=False)
    refresh_stories(stories.values())
    Story.objects.bulk_update(stories.values(), [*REFRESHED_FIELDS, "version"])
    if mended or any(story.merged_into_id for story in stories.values()):
        followers = absorb_mended(mended, standing, stories)
        Story.objects.bulk_update(stories.values(), ["merged_into", "thread"])
        note_repairs(mended, before, stories, followers, now=now)

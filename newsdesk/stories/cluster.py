"""Put fingerprinted entries into stories: one leased writer, in the order seen, in short batches."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Entry
from newsdesk.stories.clusterer import Clusterer
from newsdesk.stories.embed import embed_texts
from newsdesk.stories.lease import LeaseLostError, new_holder, release_lease, renew_lease, take_lease
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.placing import decide
from newsdesk.stories.refresh import REFRESHED_FIELDS, refresh_stories
from newsdesk.stories.window import entry_language, rebuild_clusterer, window_rows

logger = logging.getLogger(__name__)

LEASE = "cluster"
# Longer than a batch and a rebuild together; after a kill -9 the next writer waits so long.
LEASE_DURATION = timedelta(seconds=60)
BATCH_ENTRIES = 200

# The state that this process left behind with the rows it stands for; used again only if those are still the same.
_left: tuple[Clusterer, dict[str, Any]] | None = None


def cluster_pending(*, now: datetime, limit: int | None = None) -> int:
    """Place the fingerprinted news entries that have no coverage, in (`seen_at`, id) order; how many were.

    Returns 0 at once while another writer holds the lease. An entry that arrives late, seen before others that are
    placed already, is placed among the stories open by then. Every batch is one transaction: killed between two, the
    next run goes on with the entries left over and decides the same, for its state is rebuilt from the rows.
    """
    global _left
    holder = new_holder()
    # A lease is about processes, not news: it runs on the real clock, also when a recording is replayed.
    if not take_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION):
        return 0
    known, _left = _left, None
    done = 0

    def go_on() -> None:
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)

    try:
        while limit is None or done < limit:
            batch = list(_pending()[: BATCH_ENTRIES if limit is None else min(BATCH_ENTRIES, limit - done)])
            if not batch:
                break
            embed_texts((entry.fingerprint.text for entry in batch), now=now, after_chunk=go_on)
            clusterer = known[0] if known and known[1] == window_rows() else rebuild_clusterer()
            rows = _place(batch, clusterer, holder=holder, now=now)
            known = None if clusterer.has_reopened else (clusterer, rows)
            done += len(batch)
        _left = known
    except LeaseLostError:
        logger.warning("Another process has taken over clustering; it goes on with the entries left over.")
    finally:
        release_lease(LEASE, holder, now=timezone.now())
    return done


def _pending() -> QuerySet[Entry]:
    return (
        Entry.objects.filter(is_news=True, fingerprint__isnull=False, coverage=None)
        .select_related("feed__publisher", "fingerprint__text")
        .order_by("seen_at", "id")
    )


def _place(batch: Sequence[Entry], clusterer: Clusterer, *, holder: str, now: datetime) -> dict[str, Any]:
    """Decide on a batch and write that in one transaction that still holds the lease; the window's rows then."""
    decisions = decide(batch, clusterer)
    joined = {decision.story for decision in decisions.values()}
    with transaction.atomic():
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
        # Locked, so that what an editor writes meanwhile is not overwritten by what was read before.
        locked = Story.objects.select_for_update().filter(public_id__in=joined).order_by("pk")
        stories = {story.public_id: story for story in locked}
        for story in stories.values():
            story.version += 1
        founded: list[Story] = []
        for entry in batch:
            name = decisions[entry.pk].story
            if name not in stories:
                seen, language = entry.seen_at, entry_language(entry)
                stories[name] = Story(public_id=name, first_seen_at=seen, last_seen_at=seen, language=language)
                founded.append(stories[name])
        Story.objects.bulk_create(founded)
        Coverage.objects.bulk_create(
            Coverage(
                entry=entry,
                story=stories[decision.story],
                role=decision.role,
                similarity=decision.similarity,
                text=entry.fingerprint.text,
                clustered_at=now,
            )
            for entry, decision in ((entry, decisions[entry.pk]) for entry in batch)
        )
        refresh_stories(stories.values())
        Story.objects.bulk_update(stories.values(), [*REFRESHED_FIELDS, "version"])
        founded_anew = [story.pk for story in stories.values() if story.merged_into_id is not None]
        Story.objects.filter(pk__in=founded_anew).update(merged_into=None)
        return window_rows()

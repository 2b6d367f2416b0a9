"""Put fingerprinted entries into stories: one leased writer, in the order seen, in short batches."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Entry
from newsdesk.stories.clusterer import Clusterer, Decision
from newsdesk.stories.headline import Title, best_headline
from newsdesk.stories.lease import LeaseLostError, release_lease, renew_lease, take_lease
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.window import entry_language, item_of, rebuild_clusterer, window_rows

logger = logging.getLogger(__name__)

LEASE = "cluster"
# Longer than a batch and a rebuild together; after a kill -9 the next writer waits so long.
LEASE_DURATION = timedelta(seconds=60)
BATCH_ENTRIES = 200
PUBLIC_ID_LENGTHS = (10, 16)

# The state that this process left behind with the rows it stands for; used again only if those are still the same.
_left: tuple[Clusterer, dict[str, Any]] | None = None


def cluster_pending(*, now: datetime, limit: int | None = None) -> int:
    """Place the fingerprinted news entries that have no coverage, in (`seen_at`, id) order; how many were.

    Returns 0 at once while another writer holds the lease. An entry that arrives late, seen before others that are
    placed already, is placed among the stories open by then. Every batch is one transaction: killed between two, the
    next run goes on with the entries left over and decides the same, for its state is rebuilt from the rows.
    """
    global _left
    holder = f"{socket.gethostname()[:50]} {os.getpid()} {os.urandom(4).hex()}"
    # A lease is about processes, not news: it runs on the real clock, also when a recording is replayed.
    if not take_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION):
        return 0
    known, _left = _left, None
    done = 0
    try:
        while limit is None or done < limit:
            batch = list(_pending()[: BATCH_ENTRIES if limit is None else min(BATCH_ENTRIES, limit - done)])
            if not batch:
                break
            clusterer = known[0] if known and known[1] == window_rows() else rebuild_clusterer()
            known = clusterer, _place(batch, clusterer, holder=holder, now=now)
            done += len(batch)
        _left = known
    except LeaseLostError:
        logger.warning("Another process has taken over clustering; it goes on with the entries left over.")
    finally:
        release_lease(LEASE, holder, now=timezone.now())
    return done


def story_public_id(feed_url: str, guid: str, taken: Iterable[str] = ()) -> str:
    """The permanent id of the story that an entry founds: base32 of a hash of the entry, longer where it is taken."""
    digest = hashlib.sha256(f"{feed_url}\n{guid}".encode()).digest()
    name = base64.b32encode(digest).decode().lower()
    return next((name[:length] for length in PUBLIC_ID_LENGTHS if name[:length] not in taken), name[16:32])


def _pending() -> QuerySet[Entry]:
    return (
        Entry.objects.filter(is_news=True, fingerprint__isnull=False, coverage=None)
        .select_related("feed__publisher", "fingerprint__text")
        .order_by("seen_at", "id")
    )


def _place(batch: Sequence[Entry], clusterer: Clusterer, *, holder: str, now: datetime) -> dict[str, Any]:
    """Decide on a batch and write that in one transaction that still holds the lease; the window's rows then."""
    decisions = _decide(batch, clusterer)
    joined = {decision.story for decision in decisions.values()}
    with transaction.atomic():
        renew_lease(LEASE, holder, now=timezone.now(), duration=LEASE_DURATION)
        stories = {story.public_id: story for story in Story.objects.filter(public_id__in=joined)}
        for story in stories.values():
            story.version += 1
        founded: list[Story] = []
        for entry in batch:
            name = decisions[entry.pk].story
            if name not in stories:
                seen, language = entry.seen_at, entry_language(entry)
                stories[name] = Story(public_id=name, first_seen_at=seen, last_seen_at=seen, language=language)
                founded.append(stories[name])
            story = stories[name]
            story.first_seen_at = min(story.first_seen_at, entry.seen_at)
            story.last_seen_at = max(story.last_seen_at, entry.seen_at)
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
        headlines = _headlines(stories.values())
        for story in stories.values():
            story.headline = headlines[story.pk]
        Story.objects.bulk_update(stories.values(), ["headline", "first_seen_at", "last_seen_at", "version"])
        return window_rows()


def _decide(batch: Sequence[Entry], clusterer: Clusterer) -> dict[int, Decision]:
    """Where each entry of a batch goes, by its number; a copy goes where its original went before it."""
    originals = {entry.fingerprint.original_id for entry in batch} - {None}
    covered = Coverage.objects.filter(entry__in=originals).values_list("entry", "story__public_id")
    story_of: dict[int, str] = dict(covered)
    founding = {entry.pk: story_public_id(entry.feed.url, entry.guid) for entry in batch}
    taken = set(Story.objects.filter(public_id__in=founding.values()).values_list("public_id", flat=True))
    decisions: dict[int, Decision] = {}
    for entry in batch:
        founds = founding[entry.pk]
        if founds in taken:
            founds = story_public_id(entry.feed.url, entry.guid, taken)
        taken.add(founds)
        follows = story_of.get(entry.fingerprint.original_id or entry.pk)
        decision = clusterer.add(item_of(entry, entry.fingerprint.text, founds=founds), follows=follows)
        decisions[entry.pk] = decision
        story_of[entry.pk] = decision.story
    return decisions


def _headlines(stories: Iterable[Story]) -> dict[int, str]:
    rows = Coverage.objects.filter(story__in=[story.pk for story in stories]).select_related("entry__feed__publisher")
    titles: dict[int, list[Title]] = {}
    for row in rows.order_by("entry__seen_at", "entry_id"):
        publisher = row.entry.feed.publisher
        title = Title(row.entry.title, publisher.name, publisher.standing, entry_language(row.entry), row.role)
        titles.setdefault(row.story_id, []).append(title)
    return {story: best_headline(of_story) for story, of_story in titles.items()}

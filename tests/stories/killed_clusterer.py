"""A program that clusters the same entries again and again; a line of JSON for each time.

    python -m tests.stories.killed_clusterer kill|race|batches

Run with NEWSDESK_DATA_DIR (SQLite) or DATABASE_URL (PostgreSQL) of its own. Clusterers are forked, so that each is a
process that `kill -9` really ends and that remembers nothing of another's. Among the entries are some that bring a late
merge and a late split about.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from datetime import timedelta
from itertools import count

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from feeds.models import Entry  # noqa: E402
from newsdesk.journal.models import Change  # noqa: E402
from newsdesk.lease import Lease  # noqa: E402
from newsdesk.stories.classifying.classify import classify_pending  # noqa: E402
from newsdesk.stories.clustering import cluster as cluster_module  # noqa: E402
from newsdesk.stories.clustering.cluster import LEASE, cluster_pending  # noqa: E402
from newsdesk.stories.duplicates.dedupe import dedupe_pending  # noqa: E402
from newsdesk.stories.export import export_stories  # noqa: E402
from newsdesk.stories.models import Coverage, Story  # noqa: E402
from tests.killing import forked, keep_template, killed_at, restore_template  # noqa: E402
from tests.stories.desk import arrive_repaired  # noqa: E402
from tests.stories.labelled import invented  # noqa: E402
from tests.stories.rows import at, entry_of  # noqa: E402

NOW = at(300)
BATCH_ENTRIES = 8
SIZES = (200, 200, 1, 3, 17)
RACERS = 3
PATIENCE_S = 60


def main(mode: str) -> None:
    """Make the database once; then one round for each point at which a clusterer can be killed, or those asked for."""
    call_command("migrate", verbosity=0)
    for record in invented():
        hours = (record.first_seen - at(0)) / timedelta(hours=1)
        entry_of(record.title, record.body or record.summary, publisher=record.source, hours=hours, url=record.url)
    arrive_repaired(hours=100)
    dedupe_pending(now=NOW)
    keep_template()
    match mode:
        case "kill":
            for point in count(1):
                if not play(point, size=BATCH_ENTRIES):
                    return
        case "race":
            play(None, size=BATCH_ENTRIES)
            play(None, size=BATCH_ENTRIES, racers=RACERS)
        case "batches":
            for size in SIZES:
                play(None, size=size)


def play(point: int | None, *, size: int, racers: int = 1) -> bool:
    """One round from the beginning to the end; whether the clusterer was killed on its way."""
    restore_template()
    clusterers = [forked(lambda: cluster(point, size=size)) for _ in range(racers)]
    ends = [os.waitpid(clusterer, 0)[1] for clusterer in clusterers]
    lease = Lease.objects.filter(name=LEASE).first()
    left = 0.0 if lease is None else (lease.expires_at - timezone.now()).total_seconds()
    placed = Coverage.objects.count()
    Lease.objects.update(expires_at=timezone.now())  # as a minute of waiting would
    os.waitpid(forked(lambda: cluster(None, size=size)), 0)
    classify_pending(now=NOW)
    lines = list(export_stories())
    report = {
        "point": point,
        "ends": ends,
        "was_killed": signal.SIGKILL in ends,
        "lease_left_s": left,
        "placed_at_death": placed,
        "news": Entry.objects.filter(is_news=True).count(),
        "covered": Coverage.objects.filter(entry__is_news=True).count(),
        "orphans": Story.objects.filter(coverage=None, merged_into=None).count(),
        "merged": Story.objects.exclude(merged_into=None).count(),
        "repairs": Change.objects.filter(after__has_key="repair").count(),
        "stories": len(lines),
        "exported": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }
    print(json.dumps(report), flush=True)
    connections.close_all()
    return signal.SIGKILL in ends


def cluster(point: int | None, *, size: int) -> None:
    """What the task does, until nothing is left to do."""
    cluster_module.BATCH_ENTRIES = size
    patience = time.monotonic() + PATIENCE_S
    with killed_at(point):
        while time.monotonic() < patience:
            cluster_pending(now=NOW)
            if not Entry.objects.filter(is_news=True, coverage=None).exists():
                return
            time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1])

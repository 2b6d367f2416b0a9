"""Nothing slow upstream holds the desk; what is due is shared by the processes there are, and asked for once."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsdesk.digests.window import Hours
from tests.feeds.documents import rss
from tests.line.outlets import OUTLETS, STORIES, pieces
from tests.line.processes import Processes
from tests.servers.publisher import Publisher, Reply, Request
from tests.servers.redis_server import RedisServer

SLOW_FEEDS, SLOW_S, SHARED_FEEDS = 120, 25.0, 96
FEED_PROCESSES, THREADS = 4, 8


class Gate:
    """A route that lets nobody through until it is opened, and counts who stands before it."""

    def __init__(self, patience_s: float) -> None:
        self.opened, self.patience_s = threading.Event(), patience_s
        self.standing = self.most = self.through = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self.standing += 1
            self.most = max(self.most, self.standing)
        self.opened.wait(self.patience_s)
        with self._lock:
            self.standing -= 1
            self.through += 1
        return Reply(rss(), content_type="application/rss+xml")


@pytest.fixture
def line(tmp_path: Path, migrated: Path, redis_server: RedisServer, publisher: Publisher) -> Iterator[Processes]:
    """The two workers of a desk, as they are started on a server; beat; nothing runs yet."""
    shutil.copy(migrated, tmp_path)
    processes = Processes(tmp_path, redis_server.celery_url, publisher.address)
    celery = ("-m", "celery", "-A", "newsdesk", "worker", "--loglevel", "INFO")
    processes.programs["worker"] = (*celery, "-Q", "desk", "--concurrency", "2", "-n", "worker@%h")
    processes.programs["fetcher"] = (*celery, "-Q", "fetch", "--concurrency", "2", "-n", "fetcher@%h")
    yield processes
    processes.kill(*processes.running)


def load(line: Processes, rows: list[dict[str, Any]]) -> None:
    fixture = line.data_dir / "rows.json"
    fixture.write_text(json.dumps(rows, default=str), encoding="utf-8")
    line.manage("loaddata", str(fixture))


def feeds(publisher: Publisher, count: int, gate: Gate, read_at: datetime) -> list[dict[str, Any]]:
    """Feeds that were read before and are due again."""
    rows: list[dict[str, Any]] = [{"model": "feeds.publisher", "pk": 1, "fields": {"slug": "slow", "name": "Slow"}}]
    for key in range(1, count + 1):
        publisher.routes[f"/{key}"] = gate
        fields = {"publisher": 1, "url": publisher.url(f"/{key}"), "polled_at": read_at, "succeeded_at": read_at}
        rows.append({"model": "feeds.feed", "pk": key, "fields": fields | {"next_poll_at": datetime.now(UTC)}})
    return rows


def news(cut_off: datetime) -> list[dict[str, Any]]:
    """What the outlets tell, stored and read, with nothing done about it yet; and somebody who wants it by mail."""
    rows: list[dict[str, Any]] = []
    for key, name in enumerate(OUTLETS, start=1001):
        rows.append({"model": "feeds.publisher", "pk": key, "fields": {"slug": name, "name": name, "language": "en"}})
        fields = {"publisher": key, "url": f"https://{name}.example/feed", "covers_only_ai": True, "is_active": False}
        rows.append({"model": "feeds.feed", "pk": key, "fields": fields | {"next_poll_at": cut_off}})
    for key, piece in enumerate(pieces(cut_off), start=1):
        feed, digest = 1001 + OUTLETS.index(piece.outlet), f"{key:064x}"
        text = {"text": f"{piece.title}\n\n{piece.text}", "created_at": piece.at}
        rows.append({"model": "feeds.articletext", "pk": digest, "fields": text})
        entry = {"feed": feed, "guid": piece.guid, "title": piece.title, "seen_at": piece.at, "content_hash": digest}
        url = f"https://{piece.outlet}.example/{piece.story}"
        rows.append({"model": "feeds.entry", "pk": key, "fields": entry | {"url": url, "canonical_url": url}})
        # Read just now, so that the digest waits until all of it is clustered.
        article = {"entry": key, "outcome": "done", "origin": "page", "text": digest, "extracted_at": datetime.now(UTC)}
        rows.append({"model": "feeds.article", "pk": key, "fields": article})
    subscriber = {"email": "ada@example.org", "state": "active", "confirmed_at": cut_off - timedelta(days=9)}
    subscriber |= {"asked_at": cut_off - timedelta(days=9), "consent_version": "1", "consent_source": "site"}
    rows.append({"model": "newsletter.subscriber", "pk": 1, "fields": subscriber})
    return rows


def test_feeds_that_answer_after_25_s_keep_nothing_from_being_clustered_published_and_mailed(
    line: Processes, publisher: Publisher
) -> None:
    gate = Gate(SLOW_S)
    hours = Hours(7, ZoneInfo("UTC"))
    cut_off = hours.cut_off(hours.latest_date(datetime.now(UTC)))
    load(line, [*feeds(publisher, SLOW_FEEDS, gate, cut_off - timedelta(hours=1)), *news(cut_off)])
    line.start("fetcher")
    line.call("feeds.tasks.poll")
    try:
        line.wait_until(lambda: gate.standing == 2 * THREADS, "both processes that fetch to be busy")
        line.start("worker", "beat")
        line.wait_for_rows("SELECT 1 FROM digests_digest WHERE state = 'published'", 1)
        line.wait_for_rows("SELECT 1 FROM newsletter_delivery WHERE state = 'sent'", 1)
        assert len(line.rows("SELECT 1 FROM digests_digestitem")) == len(STORIES)
        assert gate.through < SLOW_FEEDS
    finally:
        gate.opened.set()
    # And those who asked go on with the others in a next slice.
    line.wait_until(lambda: gate.through == SLOW_FEEDS, "every feed to be read")
    assert Counter(publisher.paths()) == {f"/{key}": 1 for key in range(1, SLOW_FEEDS + 1)}


def test_one_wake_up_makes_all_processes_share_and_none_asks_twice(line: Processes, publisher: Publisher) -> None:
    gate = Gate(20.0)
    load(line, feeds(publisher, SHARED_FEEDS, gate, datetime.now(UTC)))
    line.environment["SWEEP_INTERVAL_S"] = "600"
    line.programs["fetcher"] = tuple(str(FEED_PROCESSES) if part == "2" else part for part in line.programs["fetcher"])
    line.start("fetcher")
    line.call("feeds.tasks.poll")
    try:
        line.wait_until(lambda: gate.standing == FEED_PROCESSES * THREADS, "all processes to be busy")
    finally:
        gate.opened.set()
    line.wait_until(lambda: gate.through == SHARED_FEEDS, "every feed to be read")
    assert gate.most == FEED_PROCESSES * THREADS
    assert Counter(publisher.paths()) == {f"/{key}": 1 for key in range(1, SHARED_FEEDS + 1)}

"""The line run by real processes, by sweep alone; and killed at any moment, again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsdesk.digests.window import Hours
from newsdesk.launch.broker import FILES_URL, clear_files
from tests.line.outlets import OUTLETS, STORIES, publish
from tests.line.processes import Processes
from tests.servers.publisher import Publisher
from tests.servers.redis_server import RedisServer

ENTRIES = len(OUTLETS) * len(STORIES)
COVERAGE = "SELECT e.guid, c.story_id FROM stories_coverage c JOIN feeds_entry e ON e.id = c.entry_id"
PUBLISHED = "SELECT id, date FROM digests_digest WHERE state = 'published'"


@pytest.fixture
def line(tmp_path: Path, migrated: Path, redis_server: RedisServer, publisher: Publisher) -> Iterator[Processes]:
    """The outlets are served and their feeds are known; nothing runs yet but the broker."""
    now = datetime.now(UTC)
    # Pages take a while, so that a kill finds something half done.
    hours = Hours(7, ZoneInfo("UTC"))
    feeds = publish(publisher, hours.cut_off(hours.latest_date(now)), page_delay_s=0.4)
    processes = Processes(tmp_path, redis_server.celery_url, publisher.address)
    processes.prepare(migrated, feeds, now)
    yield processes
    processes.kill(*processes.running)


def assert_told_once(line: Processes) -> None:
    """In the end every entry is there once, in the one story that it tells, and the digest was published once."""
    line.wait_for_rows(COVERAGE, ENTRIES)
    line.wait_for_rows(PUBLISHED, 1)
    guids = Counter(guid for (guid,) in line.rows("SELECT guid FROM feeds_entry"))
    assert guids == {f"urn:test:{outlet}-{story}": 1 for outlet in OUTLETS for story in range(len(STORIES))}
    coverage = line.rows(COVERAGE)
    assert len(coverage) == ENTRIES
    stories: dict[int, set[str]] = {}
    for guid, story in coverage:
        stories.setdefault(story, set()).add(guid)
    assert sorted(map(sorted, stories.values())) == sorted(
        sorted(f"urn:test:{outlet}-{story}" for outlet in OUTLETS) for story in range(len(STORIES))
    )
    standing = line.rows("SELECT id FROM stories_story WHERE merged_into_id IS NULL")
    assert {story for (story,) in standing} == set(stories)
    assert len(line.rows(PUBLISHED)) == 1


def test_the_sweep_alone_turns_feeds_into_a_digest(line: Processes) -> None:
    line.start("worker", "beat", "web")
    assert_told_once(line)
    status, page = line.get("/")
    assert status == 200
    assert len(line.rows("SELECT 1 FROM digests_digestitem")) == len(STORIES)
    assert "Parley" in page


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_nothing_is_lost_or_doubled(line: Processes, redis_server: RedisServer, seed: int) -> None:
    def restart_broker() -> None:
        redis_server.kill()
        redis_server.start()

    line.start("worker", "beat", "web")
    line.kill_at_random(restart_broker, rounds=8, seed=seed)
    line.let_claims_expire()
    assert_told_once(line)
    assert line.get("/")[0] == 200


def test_a_broker_that_comes_back_empty_costs_one_sweep(line: Processes, redis_server: RedisServer) -> None:
    line.start("worker")
    redis_server.kill()
    line.start("beat")
    redis_server.start()
    assert_told_once(line)


def test_two_beats_do_nothing_twice(line: Processes) -> None:
    line.programs["second beat"] = line.programs["beat"]
    line.programs["second worker"] = (*line.programs["worker"], "-n", "second@%h")
    line.start("worker", "second worker", "beat", "second beat")
    assert_told_once(line)


def test_plain_files_will_do_for_a_broker(line: Processes) -> None:
    clear_files(line.data_dir)
    line.environment["CELERY_BROKER_URL"] = FILES_URL
    line.start("worker", "beat")
    assert_told_once(line)

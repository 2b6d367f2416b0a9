"""What an idle sweep and a new entry cost among 7,000 stored entries and among a million.

    python bench/million.py [--postgres] [--sizes 7000 1000000] [--plans]

Each size gets a process and a database of its own: SQLite in a temporary folder or, with --postgres, one on a server
from pip's binaries. The stored entries are as the line leaves them, a story each, 300 a day. Then 1,000 go through the
line to fill its window; then idle sweeps are timed, and batches of 200 through dedupe, cluster and classify. Times
are of the processor, the database server's included. Exits 1 where a goal is missed: 20 ms a sweep, 1.3 times.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
GOAL_SWEEP_MS, GOAL_RATIO = 20.0, 1.3
SIZES = (7_000, 1_000_000)
STORIES_A_DAY, IN_LINE, BATCHES, BATCH, SWEEPS, ROWS = 300, 1_000, 7, 200, 9, 50_000
STEP = timedelta(days=1) / STORIES_A_DAY
# Not an hour at which a digest is due or reviewed, nor a day on which a week closes.
END = datetime(2026, 5, 6, 12, tzinfo=UTC)
BODY = "The harbour authority of a town that nobody knows said that cranes would move on their own from now on. " * 8

# As the line leaves entries that founded stories, one for each number n.
FILL = (
    "INSERT INTO feeds_articletext (sha256, text, created_at) SELECT {sha}, {title} || {body}, {seen} FROM {numbers}",
    "INSERT INTO feeds_entry (id, feed_id, guid, url, canonical_url, title, author, summary, body, language, seen_at,"
    " is_news, content_hash, extraction_claims, awaits_extraction) SELECT n, n % 20 + 1, 'stored-' || n,"
    " 'https://paper.example/' || n, 'https://paper.example/' || n, {title}, '', '', {body}, 'en', {seen}, {true},"
    " {sha}, 0, {false} FROM {numbers}",
    "INSERT INTO feeds_article (entry_id, outcome, origin, text_id, author, attempts, reason, extracted_at,"
    " taken_text) SELECT n, 'done', 'page', {sha}, '', 1, '', {seen}, {sha} FROM {numbers}",
    "INSERT INTO stories_fingerprint (entry_id, text_id, kind, awaits_clustering)"
    " SELECT n, {sha}, 'original', {false} FROM {numbers}",
    "INSERT INTO stories_story (id, public_id, headline, first_seen_at, last_seen_at, version, classified_version,"
    " theme, second_theme, judged_by, asked_version, relevance, is_relevant, language, is_headline_edited,"
    " is_theme_edited, is_pinned, is_hidden, edits, theme_probability) SELECT n, 's' || n, {title}, {seen}, {seen}, 1,"
    " 1, 'compute', '', '', 0, 0.9, {true}, 'en', {false}, {false}, {false}, {false}, 0, 0.9 FROM {numbers}",
    "INSERT INTO stories_coverage (entry_id, story_id, role, text_id, clustered_at)"
    " SELECT n, n, 'report', {sha}, {seen} FROM {numbers}",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--profile", action="store_true", help="the slowest queries of each size")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(measure(options.one, profile=options.profile)))
        return 0
    with databases(options.postgres) as environment_of:
        figures = [run_apart(size, environment_of(size), options.profile) for size in options.sizes]
    ratio = figures[-1]["entry_ms"] / figures[0]["entry_ms"]
    print(
        f"an entry among {options.sizes[-1]} costs {ratio:.2f} times as much as among {options.sizes[0]}"
        f" (goal {GOAL_RATIO}); an idle sweep {figures[-1]['sweep_ms']:.1f} ms (goal {GOAL_SWEEP_MS:g})"
    )
    return 0 if ratio <= GOAL_RATIO and figures[-1]["sweep_ms"] <= GOAL_SWEEP_MS else 1


@contextlib.contextmanager
def databases(postgres: bool) -> Iterator[Callable[[int], dict[str, str]]]:
    """Gives the environment of a process whose database is empty."""
    from tests.servers.postgres import running_postgres

    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as folder, contextlib.ExitStack() as stack:
        url = stack.enter_context(running_postgres()) if postgres else ""

        def environment_of(size: int) -> dict[str, str]:
            data_dir = Path(folder) / str(size)
            data_dir.mkdir()
            given = {"NEWSDESK_DATA_DIR": str(data_dir), "NEWSDESK_ENV_FILE": os.devnull}
            if url:
                import psycopg

                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE of_{size}")
                given["DATABASE_URL"] = f"{url.rpartition('/')[0]}/of_{size}"
            return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | given

        yield environment_of


def run_apart(size: int, environment: dict[str, str], profile: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(size), *(["--profile"] if profile else [])]
    figures = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    print(
        f"{size:>8} entries: idle sweep {figures['sweep_ms']:.1f} ms of CPU ({figures['stages']}), "
        f"{figures['entry_ms']:.2f} ms an entry; {figures['stored_s']:.0f} s to store them",
        flush=True,
    )
    return figures


def measure(size: int, *, profile: bool) -> dict[str, float | str]:
    """Fill the database of this process and time the line on it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from newsdesk.stories.classifying.classify import classify_pending
    from newsdesk.stories.clustering.cluster import cluster_pending
    from newsdesk.stories.duplicates.dedupe import dedupe_pending
    from tests.stories.many import invent_entries

    call_command("migrate", verbosity=0)
    started = time.monotonic()
    news = IN_LINE + BATCHES * BATCH
    line_from = END - STEP * news
    store(max(size - IN_LINE, 0), until=line_from)
    analyze()
    stored_s = time.monotonic() - started
    dice = random.Random(11)

    def put_through(count: int, after: datetime) -> datetime:
        end = invent_entries(count, after=after, step=STEP, dice=dice)
        began = cpu_s()
        assert dedupe_pending(now=end) == count
        assert cluster_pending(now=end) == count
        assert classify_pending(now=end)
        spent.append((cpu_s() - began) / count * 1000)
        return end

    spent: list[float] = []
    end = put_through(IN_LINE, line_from)
    analyze()
    stages, sweep_ms = sweeps()
    spent.clear()
    with slowest_queries() if profile else contextlib.nullcontext():
        for _ in range(BATCHES):
            end = put_through(BATCH, end)
    return {
        "sweep_ms": sweep_ms,
        "stages": ", ".join(f"{name} {ms:.1f}" for name, ms in stages.items()),
        "entry_ms": statistics.median(spent),
        "stored_s": stored_s,
    }


def sweeps() -> tuple[dict[str, float], float]:
    """What each stage costs with nothing to do, and all of them together; milliseconds of CPU, medians."""
    from feeds.extracting.extract import extract_pending
    from feeds.polling.poll import poll_due
    from newsdesk.digests.publish import publish_due
    from newsdesk.newsletter.tasks import send
    from newsdesk.stories.classifying.classify import classify_pending
    from newsdesk.stories.clustering.cluster import cluster_pending
    from newsdesk.stories.duplicates.dedupe import dedupe_pending

    leave_nothing_due()
    stages: dict[str, Callable[[], object]] = {
        "poll": lambda: poll_due(now=END),
        "extract": lambda: extract_pending(now=END),
        "dedupe": lambda: dedupe_pending(now=END),
        "cluster": lambda: cluster_pending(now=END),
        "classify": lambda: classify_pending(now=END),
        "publish": lambda: publish_due(now=END),
        "send": send,
    }
    spent: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(SWEEPS):
        for name, stage in stages.items():
            began = cpu_s()
            assert not stage(), name
            spent[name].append((cpu_s() - began) * 1000)
    medians = {name: statistics.median(of_stage) for name, of_stage in spent.items()}
    return medians, sum(medians.values())


def leave_nothing_due() -> None:
    """A digest for the newest date, and no feed to poll: with nothing to do a sweep is idle."""
    from django.conf import settings

    from feeds.models import Feed
    from newsdesk.digests.models import Digest, Edition
    from newsdesk.digests.window import Hours, window_of

    Feed.objects.update(next_poll_at=END + timedelta(days=1))
    day = Hours.of_settings().latest_date(END)
    after, until = window_of(day)
    Digest.objects.create(
        edition=Edition.objects.get(slug=settings.EDITION),
        date=day,
        window_from=after,
        window_to=until,
        state=Digest.State.PUBLISHED,
        published_at=until,
        built_at=until,
        title="A digest",
        number=1,
    )


def store(count: int, *, until: datetime) -> None:
    """Store so many entries, each the one report of a story, the last of them at `until`."""
    from django.db import connection

    from tests.stories import many

    many._feeds()
    is_postgres = connection.vendor == "postgresql"
    first = (until - STEP * count).timestamp()
    seen = f"{first} + n * {STEP.total_seconds()}"
    words = {
        "true": "true" if is_postgres else "1",
        "false": "false" if is_postgres else "0",
        "sha": "lpad(to_hex(n), 64, '0')" if is_postgres else "printf('%064x', n)",
        "seen": f"to_timestamp({seen})" if is_postgres else f"strftime('%Y-%m-%d %H:%M:%f', {seen}, 'unixepoch')",
        "title": "('Cranes of harbour ' || n || ' move on their own')",
        "body": f"'{BODY}'",
    }
    with connection.cursor() as cursor:
        for start in range(0, count, ROWS):
            stop = min(start + ROWS, count)
            series = f"WITH RECURSIVE c(n) AS (SELECT {start + 1} UNION ALL SELECT n + 1 FROM c WHERE n < {stop})"
            numbers = f"({series} SELECT n FROM c) AS numbers"
            for statement in FILL:
                cursor.execute(statement.format(numbers=numbers, **words))
        if is_postgres:
            for table in ("feeds_entry", "stories_story"):
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def analyze() -> None:
    """What PostgreSQL does by itself when a table has grown; SQLite never does."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def cpu_s() -> float:
    """Seconds of processor time of this process and of the server's that works for it."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        server = psutil.Process(connection.connection.info.backend_pid).cpu_times()
        spent += server.user + server.system
    return spent


@contextlib.contextmanager
def slowest_queries() -> Iterator[None]:
    """Says on standard error which queries took longest, their numbers left out."""
    import re

    from django.db import connection

    spent: dict[str, list[float]] = {}

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.setdefault(re.sub(r"(\(?%s\)?(, )?)+", "%s, ", sql), []).append(time.perf_counter() - began)

    with connection.execute_wrapper(note):
        yield
    for sql, times in sorted(spent.items(), key=lambda one: -sum(one[1]))[:10]:
        print(f"{sum(times) * 1000:8.0f} ms in {len(times):4}: {sql[:1500]}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())

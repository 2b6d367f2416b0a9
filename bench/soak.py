"""Let the sample run while something fails every 20 s, and compare what it made with an undisturbed run.

    python bench/soak.py [--minutes 30] [--every 20] [--seed 1]

Both runs are `./run --sample` with data directories of their own and 200 subscribers. Half of the outlets' feeds are
switched on at once, the others one by one, each when the line has nothing left to do: in the disturbed run spread over
its minutes. A fault is a kill -9 of a program or of a worker's process, a broker that is killed or stands still, a
database that is locked for 6 s, a program that stands still for 8 s; which and when decides the seed. Meanwhile a
reader asks for pages twice a second, and the memory of all programs is added up every 10 s.

Exits 1 if a page did not answer (200, within 10 s) except on a connection that a fault itself broke, if the memory of
the last third is more than a tenth above that of the second, if entries, their texts or digests differ from the
undisturbed run, if an entry is in no story or in two, or if anybody was mailed twice. Stories depend on the order in
which articles come through, and differ between two undisturbed runs as well; how many do is said.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
SUBSCRIBERS = 200
SWEEP_S = 5
PAGES = ("/", "/archive/", "/preview/", "/feed.xml", "/search/?q=model", "/newsletter/", "/health/live")
PAGE_PATIENCE_S = 10.0
IDLE_PATIENCE_S = 900.0
LOCKED_S, STILL_S = 6.0, 8.0
MEMORY_GROWTH = 1.1

IDLE = """
    SELECT (SELECT COUNT(*) FROM feeds_feed WHERE is_active AND succeeded_at IS NULL)
         + (SELECT COUNT(*) FROM feeds_entry e LEFT JOIN feeds_article a ON a.entry_id = e.id WHERE a.id IS NULL)
         + (SELECT COUNT(*) FROM feeds_entry e LEFT JOIN stories_fingerprint f ON f.entry_id = e.id WHERE f.id IS NULL)
         + (SELECT COUNT(*) FROM feeds_entry e LEFT JOIN stories_coverage c ON c.entry_id = e.id
            WHERE e.is_news AND c.id IS NULL)
         + (SELECT COUNT(*) FROM stories_story
            WHERE merged_into_id IS NULL AND classified_version < version)
         + (SELECT COUNT(*) FROM newsletter_delivery WHERE state IN ('queued', 'inflight'))
"""
ENTRIES = "SELECT e.guid, e.title, a.origin, a.text_id FROM feeds_entry e JOIN feeds_article a ON a.entry_id = e.id"
STORIES = """
    SELECT c.story_id, e.guid, c.role, s.theme, s.is_relevant FROM stories_coverage c
    JOIN feeds_entry e ON e.id = c.entry_id JOIN stories_story s ON s.id = c.story_id
"""
DIGESTS = "SELECT date, state FROM digests_digest"
DELIVERIES = """
    SELECT d.date, s.email, l.state FROM newsletter_delivery l JOIN newsletter_subscriber s ON s.id = l.subscriber_id
    JOIN digests_digest d ON d.id = l.digest_id
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=20, help="seconds between two faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fill", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if arguments.fill:
        fill(arguments.fill)
        return 0
    with tempfile.TemporaryDirectory(prefix="newsdesk-soak-") as folder:
        calm, _, _ = run(Path(folder) / "calm", lambda desk: contextlib.nullcontext(), minutes=0)
        print(f"undisturbed: {calm.summary()}", flush=True)

        def faults(desk: Desk) -> contextlib.AbstractContextManager[None]:
            return failing(desk, every_s=arguments.every, chance=random.Random(arguments.seed))

        disturbed, reader, memory = run(Path(folder) / "faults", faults, minutes=arguments.minutes)
    return report(calm, disturbed, reader, memory)


@dataclass
class Rows:
    """What a run has made, as far as two runs must agree."""

    entries: set[tuple[Any, ...]]
    stories: set[frozenset[str]]
    verdicts: set[tuple[Any, ...]]
    digests: set[tuple[Any, ...]]
    deliveries: dict[str, int]  # how many, sent or of unknown outcome, for each digest's date
    unknown: int
    mailed_twice: int

    def summary(self) -> str:
        return (
            f"{len(self.entries)} entries, {len(self.stories)} stories, {len(self.digests)} digests, "
            f"deliveries {self.deliveries}, of unknown outcome {self.unknown}, mailed twice {self.mailed_twice}"
        )


@dataclass
class Reader:
    """Asks for pages until told to stop, and keeps what came."""

    port: int
    answers: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    bad: list[str] = field(default_factory=list)

    def read(self, stop: threading.Event) -> None:
        for number in _count_until(stop, 0.5):
            path = PAGES[number % len(PAGES)]
            started = time.monotonic()
            said = self._ask(path)
            if said == "broken":  # by the kill of the web process; the next one must be there
                self.answers["broken by a kill, asked again"] += 1
                said = self._ask(path)
            spent = time.monotonic() - started
            self.slowest_s = max(self.slowest_s, spent)
            self.answers[said] += 1
            if said != "200":
                self.bad.append(f"{datetime.now(UTC):%H:%M:%S} {path}: {said} after {spent:.1f} s")

    def _ask(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PAGE_PATIENCE_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return str(response.status)
        except TimeoutError:
            return "no answer in time"
        except (OSError, http.client.HTTPException):
            return "broken"
        finally:
            connection.close()


def _count_until(stop: threading.Event, pause_s: float) -> Iterator[int]:
    number = 0
    while not stop.wait(pause_s):
        yield number
        number += 1


class Desk:
    """A sample that runs: its processes and its database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data_dir = folder, folder / "sample"
        folder.mkdir(parents=True)
        with socket.socket() as attempt:
            attempt.bind(("127.0.0.1", 0))
            self.port: int = attempt.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {
            "NEWSDESK_DATA_DIR": str(folder),
            "NEWSDESK_ENV_FILE": os.devnull,
            "SWEEP_INTERVAL_S": str(SWEEP_S),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        filled = self.environment | {"NEWSDESK_DATA_DIR": str(self.data_dir)}
        subprocess.run([sys.executable, __file__, "--fill", str(self.data_dir)], env=filled, cwd=ROOT, check=True)
        command = [sys.executable, "-m", "newsdesk.launch.start", "--sample", "--port", str(self.port)]
        with (self.folder / "output.txt").open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        _wait(lambda: self.programs().get("beat"), "the start", 180)

    def stop(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def programs(self) -> dict[str, int]:
        """The process id of every program that the supervisor keeps running."""
        try:
            state = json.loads((self.data_dir / "running.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        programs: dict[str, int] = state["programs"]
        return programs

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.data_dir / "newsdesk.sqlite3", timeout=60)) as database:
            return database.execute(query).fetchall()

    def switch_on(self, feeds: list[int]) -> None:
        """Make these feeds active and due."""
        marks = ", ".join("?" for _ in feeds)
        self._change(f"UPDATE feeds_feed SET is_active = 1, next_poll_at = ? WHERE id IN ({marks})", _now(), *feeds)

    def ask_again(self) -> None:
        """Make what failed due."""
        self._change("UPDATE feeds_feed SET next_poll_at = ? WHERE is_active AND failure_count > 0", _now())
        self._change("UPDATE feeds_article SET retry_at = ? WHERE retry_at IS NOT NULL", _now())

    def _change(self, statement: str, *values: object) -> None:
        with contextlib.closing(sqlite3.connect(self.data_dir / "newsdesk.sqlite3", timeout=60)) as database:
            database.execute(statement, values)
            database.commit()

    def is_idle(self) -> bool:
        ((pending,),) = self.rows(IDLE)
        return bool(pending == 0)

    def memory_mb(self) -> float:
        """What all its processes together hold for themselves, shared parts counted once (PSS)."""
        assert self.process
        total = 0
        for process in [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 1e6


def fill(data_dir: str) -> None:
    """Before the first start: the sample's feeds, all switched off, and subscribers who confirmed yesterday."""
    from newsdesk.digests.window import Hours
    from newsdesk.sample.home import renew_sample, settings_of_sample

    home = Path(data_dir)
    renew_sample(home, Hours(7, UTC).latest_date(datetime.now(UTC)), print)  # type: ignore[arg-type]
    os.environ |= settings_of_sample(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsdesk.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from feeds.models import Feed
    from newsdesk.newsletter.delivery.opening import compare_logbook
    from newsdesk.newsletter.models import Subscriber
    from newsdesk.sample.load import load_sample

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    compare_logbook(now=now)  # begins one, as the desk does that these people subscribed to
    (address,) = settings.FETCH_ALLOWED_ADDRESSES
    load_sample(f"http://{address}", now=now)
    Feed.objects.update(is_active=False)
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"n{number}@example.org",
            state="active",
            asked_at=now - timedelta(days=2),
            confirmed_at=now - timedelta(days=1),
        )
        for number in range(SUBSCRIBERS)
    )


def run(
    folder: Path, faults: Callable[[Desk], contextlib.AbstractContextManager[None]], *, minutes: float
) -> tuple[Rows, Reader, list[float]]:
    """One run: what it made, what its reader got, and its memory every 10 s, in MB."""
    desk = Desk(folder)
    desk.start()
    reader, memory = Reader(desk.port), list[float]()
    stop = threading.Event()

    def weigh() -> None:
        for _ in _count_until(stop, 10):
            memory.append(desk.memory_mb())

    threads = [threading.Thread(target=reader.read, args=(stop,)), threading.Thread(target=weigh)]
    try:
        for thread in threads:
            thread.start()
        with faults(desk):
            work(desk, time.monotonic() + minutes * 60)
        _wait_until_idle(desk)
        time.sleep(3 * SWEEP_S)
        _wait_until_idle(desk)
        return rows_of(desk), reader, memory
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        desk.stop()


def work(desk: Desk, ends: float) -> None:
    """Switch the feeds on, half of them at once, the others one by one until `ends`."""
    feeds = [number for (number,) in desk.rows("SELECT id FROM feeds_feed ORDER BY id")]
    half = len(feeds) // 2
    steps = [feeds[:half], *([number] for number in feeds[half:])]
    for left, step in zip(range(len(steps), 0, -1), steps, strict=True):
        desk.switch_on(step)
        next_at = time.monotonic() + max(0.0, ends - time.monotonic()) / left
        time.sleep(SWEEP_S)
        _wait_until_idle(desk)
        time.sleep(max(0.0, next_at - time.monotonic()))


@contextlib.contextmanager
def failing(desk: Desk, *, every_s: float, chance: random.Random) -> Iterator[None]:
    """Faults at random while the block lasts."""
    stop = threading.Event()

    def fail() -> None:
        for _ in _count_until(stop, every_s):
            what, do = chance.choice(FAULTS)
            print(f"{datetime.now(UTC):%H:%M:%S} {what}", flush=True)
            with contextlib.suppress(psutil.Error, ProcessLookupError, IndexError, StopIteration, sqlite3.Error):
                do(desk, chance)

    thread = threading.Thread(target=fail)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _kill(name: str) -> Callable[[Desk, random.Random], None]:
    def kill(desk: Desk, chance: random.Random) -> None:
        named = [pid for program, pid in desk.programs().items() if name in program]
        os.kill(chance.choice(named), signal.SIGKILL)

    return kill


def _kill_child(desk: Desk, chance: random.Random) -> None:
    workers = [pid for program, pid in desk.programs().items() if program in ("worker", "fetcher")]
    chance.choice(psutil.Process(chance.choice(workers)).children(recursive=True)).kill()


def _stand_still(name: str) -> Callable[[Desk, random.Random], None]:
    def stand_still(desk: Desk, chance: random.Random) -> None:
        pid = chance.choice([pid for program, pid in desk.programs().items() if name in program])
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(STILL_S)
        finally:
            os.kill(pid, signal.SIGCONT)

    return stand_still


def _lock_database(desk: Desk, _: random.Random) -> None:
    with contextlib.closing(sqlite3.connect(desk.data_dir / "newsdesk.sqlite3", timeout=20)) as database:
        database.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_S)
        database.rollback()


FAULTS: tuple[tuple[str, Callable[[Desk, random.Random], None]], ...] = (
    ("kill -9 of the worker", _kill("worker")),
    ("kill -9 of the fetcher", _kill("fetcher")),
    ("kill -9 of a worker's process", _kill_child),
    ("kill -9 of the web server", _kill("web")),
    ("kill -9 of the broker", _kill("broker")),
    ("kill -9 of beat", _kill("beat")),
    ("kill -9 of the publishers", _kill("sample")),
    ("the broker stands still", _stand_still("broker")),
    ("the worker stands still", _stand_still("worker")),
    ("the fetcher stands still", _stand_still("fetcher")),
    ("the publishers stand still", _stand_still("sample")),
    ("the database is locked", _lock_database),
)


def rows_of(desk: Desk) -> Rows:
    grouped: dict[int, set[str]] = {}
    verdicts = set()
    for story, guid, role, theme, is_relevant in desk.rows(STORIES):
        grouped.setdefault(story, set()).add(guid)
        verdicts.add((guid, role, theme, is_relevant))
    deliveries = desk.rows(DELIVERIES)
    # A mail of the same delivery has the same name, so two for one person and digest are two deliveries or two names.
    mails = Counter(
        line
        for path in (desk.data_dir / "mail").glob("*.eml")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.startswith("To: ")
    )
    digests = len({day for day, _, _ in deliveries})
    return Rows(
        entries=set(desk.rows(ENTRIES)),
        stories={frozenset(guids) for guids in grouped.values()},
        verdicts=verdicts,
        digests=set(desk.rows(DIGESTS)),
        deliveries=dict(Counter(day for day, _, state in deliveries if state in ("sent", "unknown"))),
        unknown=sum(state == "unknown" for _, _, state in deliveries),
        mailed_twice=sum(number > digests for number in mails.values()),
    )


def report(calm: Rows, disturbed: Rows, reader: Reader, memory: list[float]) -> int:
    """Print what was seen; 0 if all of it holds."""
    third = len(memory) // 3
    earlier, later = statistics.median(memory[third : 2 * third] or [0]), statistics.median(memory[2 * third :] or [0])
    print(f"disturbed:   {disturbed.summary()}")
    print(f"pages: {dict(reader.answers)}, slowest {reader.slowest_s:.1f} s")
    for line in reader.bad:
        print(f"  {line}")
    print(f"memory: median {earlier:.0f} MB in the second third, {later:.0f} MB in the last, most {max(memory):.0f} MB")
    holds = not reader.bad and later <= earlier * MEMORY_GROWTH and disturbed.mailed_twice == 0
    for name in ("stories", "verdicts"):
        ours, theirs = getattr(calm, name), getattr(disturbed, name)
        print(f"{name}: {len(ours - theirs)} only undisturbed, {len(theirs - ours)} only disturbed")
    ours, theirs = ({guid for story in made.stories for guid in story} for made in (calm, disturbed))
    if ours != theirs or sum(map(len, disturbed.stories)) != len(theirs):
        holds = False
        print(f"in stories: {len(ours - theirs)} only undisturbed, {len(theirs - ours)} only disturbed")
    for name in ("entries", "digests"):
        ours, theirs = getattr(calm, name), getattr(disturbed, name)
        if ours != theirs:
            holds = False
            print(f"{name}: {len(ours - theirs)} only undisturbed, {len(theirs - ours)} only disturbed")
            for row in [*list(ours - theirs)[:3], *list(theirs - ours)[:3]]:
                print(f"  {row}")
    # Which of the first digests is still the newest when it comes to mailing is a matter of moments; the last one is.
    incomplete = {day: number for day, number in disturbed.deliveries.items() if number != SUBSCRIBERS}
    if incomplete or max(disturbed.deliveries) != max(calm.deliveries):
        holds = False
        print(f"deliveries: {disturbed.deliveries}, undisturbed {calm.deliveries}")
    print("it holds" if holds else "it does NOT hold")
    return 0 if holds else 1


def _wait_until_idle(desk: Desk) -> None:
    """Wait, asking again at once, as "Poll now" does, what could not be read while the publishers were away."""
    deadline = time.monotonic() + IDLE_PATIENCE_S
    while not desk.is_idle():
        if time.monotonic() > deadline:
            raise SystemExit(f"after {IDLE_PATIENCE_S:.0f} s the line has not done its work: {desk.rows(IDLE)}")
        desk.ask_again()
        time.sleep(1)


def _now() -> str:
    """As Django writes it to SQLite."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _wait(condition: Callable[[], Any], what: str, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {patience_s:.0f} s in vain for {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    raise SystemExit(main())

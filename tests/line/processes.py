"""The line as processes: a real worker, beat and web server on a data directory of their own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.line.outlets import OUTLETS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
KEPT = ("PATH", "HOME", "LANG", "NEWSDESK_ENV_FILE")


class Processes:
    """`programs` maps a name to how it is started; each runs in a process group of its own and can be killed."""

    def __init__(self, data_dir: Path, broker_url: str, allowed_address: str) -> None:
        self.data_dir = data_dir
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "NEWSDESK_DATA_DIR": str(data_dir),
            "CELERY_BROKER_URL": broker_url,
            "FETCH_ALLOWED_ADDRESSES": allowed_address,
            "SWEEP_INTERVAL_S": "1",
        }
        with socket.socket() as attempt:
            attempt.bind(("127.0.0.1", 0))
            self.port = attempt.getsockname()[1]
        celery = ("-m", "celery", "-A", "newsdesk")
        self.programs = {
            "worker": (*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"),
            "beat": (*celery, "beat", "--pidfile", "", "--loglevel", "INFO"),
            "web": ("-m", "gunicorn", "newsdesk.wsgi", "--bind", f"127.0.0.1:{self.port}", "--no-control-socket"),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self, database: Path, feeds: list[str], now: datetime) -> None:
        """Take a copy of an empty database, with a publisher for each feed."""
        rows = []
        for key, (name, url) in enumerate(zip(OUTLETS, feeds, strict=True), start=1):
            publisher = {"slug": name, "name": name.title(), "language": "en"}
            feed = {"publisher": key, "url": url, "covers_only_ai": True, "next_poll_at": now.isoformat()}
            rows.append({"model": "feeds.publisher", "pk": key, "fields": publisher})
            rows.append({"model": "feeds.feed", "pk": key, "fields": feed})
        fixture = self.data_dir / "feeds.json"
        fixture.write_text(json.dumps(rows), encoding="utf-8")
        shutil.copy(database, self.data_dir)
        self.manage("loaddata", str(fixture))

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True, capture_output=True
        )

    def call(self, task: str) -> None:
        """Wake a task, as the sweep does."""
        command = [sys.executable, "-m", "celery", "-A", "newsdesk", "call", task]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def start(self, *names: str) -> None:
        for name in names:
            with (self.data_dir / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [sys.executable, *self.programs[name]],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def kill(self, *names: str) -> None:
        """kill -9, the whole group, as a crash or the kernel's memory killer would."""
        for name in names:
            process = self.running.pop(name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill_at_random(self, restart_broker: Callable[[], None], rounds: int, seed: int) -> None:
        """Kill one program after another, at any moment, and start it again."""
        dice = random.Random(seed)
        for _ in range(rounds):
            time.sleep(dice.uniform(0.2, 2.5))
            victim = dice.choice(["worker", "worker", "broker", "web", "beat"])
            if victim == "broker":
                restart_broker()
            else:
                self.kill(victim)
                self.start(victim)

    def let_claims_expire(self) -> None:
        """What some minutes of waiting would do: the claims and leases of killed workers run out."""
        with contextlib.closing(sqlite3.connect(self.data_dir / "newsdesk.sqlite3", timeout=20)) as database:
            for change in (
                "UPDATE feeds_feed SET claimed_until = NULL",
                "UPDATE feeds_entry SET extraction_claimed_until = NULL",
                "UPDATE stories_lease SET expires_at = '2000-01-01 00:00:00'",
            ):
                database.execute(change)
            database.commit()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.data_dir / "newsdesk.sqlite3", timeout=20)) as database:
            return database.execute(query).fetchall()

    def wait_for_rows(self, query: str, count: int) -> None:
        """Wait until a query gives at least so many rows."""
        self.wait_until(lambda: len(self.rows(query)) >= count, f"{count} rows of {query}")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}\n{self.log()}"
            time.sleep(0.2)

    def log(self) -> str:
        return "\n".join(path.read_text(encoding="utf-8")[-3000:] for path in self.data_dir.glob("*.log"))

    def get(self, path: str) -> tuple[int, str]:
        """A page, as soon as the web process listens."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except OSError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.2)
            finally:
                connection.close()

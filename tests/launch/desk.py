"""A whole desk for a test: `newsdesk.launch.start` with a data directory and a port of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
# A start takes about 10 s on two idle cores; tests run beside each other.
PATIENCE_S = 120.0
KEPT = ("PATH", "HOME", "LANG", "NEWSDESK_ENV_FILE", "VIRTUAL_ENV")

UNPLACED = (
    "SELECT 1 FROM feeds_entry e LEFT JOIN stories_coverage c ON c.entry_id = e.id WHERE e.is_news AND c.id IS NULL"
)


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
    return port


def wait_for(condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """What `condition` gives, once it is true."""
    deadline = time.monotonic() + patience_s
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited {patience_s:g} s in vain for {what}"
        time.sleep(0.1)
    return result


def is_group_alive(pid: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def command_lines() -> dict[int, str]:
    """The command line of every process on this machine, by its id."""
    listed = psutil.process_iter(["pid", "cmdline"])
    return {process.pid: " ".join(process.info["cmdline"] or []) for process in listed}


def _heed_hang_up() -> None:
    """Under nohup the tests ignore SIGHUP, and what they start would inherit that."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Desk:
    """One data directory; `start` and `stop` as often as a test likes."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.base = folder
        self.data_dir = folder / "sample" if "--sample" in arguments else folder
        self.port = free_port()
        self.arguments = arguments
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment |= {"NEWSDESK_DATA_DIR": str(folder), "SWEEP_INTERVAL_S": "2", **environment}
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "newsdesk.launch.start", "--port", str(self.port), *self.arguments]

    def start(self, *wrapper: str) -> None:
        """Start it, by way of another command if one is given."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*wrapper, *self.command],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                preexec_fn=_heed_hang_up,
            )

    def wait_until_up(self) -> None:
        wait_for(lambda: "Ctrl-C stops everything" in self.said() or self._has_ended(), "the start")
        assert "Ctrl-C stops everything" in self.said(), self.said()
        wait_for(self.state, "the state file")

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def log(self, program: str) -> str:
        """What a program has logged so far."""
        return (self.data_dir / "logs" / f"{program}.log").read_text(encoding="utf-8")

    def state(self) -> dict[str, Any]:
        """URL, process id and programs, as the supervisor notes them; empty while nothing runs."""
        try:
            state: dict[str, Any] = json.loads((self.data_dir / "running.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state

    def programs(self) -> dict[str, int]:
        programs: dict[str, int] = self.state().get("programs", {})
        return programs

    def get(self, path: str = "/") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives; nothing while there is no such table yet."""
        with contextlib.closing(sqlite3.connect(self.data_dir / "newsdesk.sqlite3", timeout=20)) as database:
            try:
                return database.execute(query).fetchall()
            except sqlite3.OperationalError:
                return []

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.state()["pid"], number)

    def wait_until_gone(self, programs: dict[str, int]) -> None:
        """Wait for the end of the supervisor, and of everything that it had started."""
        assert self.process
        self.process.wait(timeout=30)
        for name, pid in programs.items():
            wait_for(lambda pid=pid: not is_group_alive(pid), f"the end of {name}", 10)

    def kill_everything(self) -> None:
        """For the end of a test, however it went."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(KeyError, ProcessLookupError):
            self.signal(signal.SIGKILL)

    def _has_ended(self) -> bool:
        assert self.process
        return self.process.poll() is not None

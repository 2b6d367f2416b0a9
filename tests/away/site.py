"""The web process as a server runs it, on databases that a test can stop, and asked as readers and editors ask."""

from __future__ import annotations

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
KEPT = ("PATH", "HOME", "LANG", "NEWSDESK_ENV_FILE")
FORM = "email=reader%40example.org&frequency=daily"
OWN_PAGE = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
# A digest that readers find: stored as rows, so that no line has to run.
PREPARE = """
from django.core.management import call_command
from tests.site.rows import make_digest
call_command("migrate", verbosity=0)
make_digest(title="Chips are scarce")
"""


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: dict[str, str]
    body: str
    took_s: float


@dataclass
class Site:
    """One data directory and what serves it."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    web: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        with socket.socket() as attempt:
            attempt.bind(("127.0.0.1", 0))
            self.port = attempt.getsockname()[1]
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment |= {"NEWSDESK_DATA_DIR": str(self.data_dir), **self.settings}
        (self.data_dir / "static").mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Make the database, with a published digest in it."""
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", PREPARE]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def start(self) -> None:
        """Start the web process, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "newsdesk.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--threads", "8", "--no-control-socket"]
        with (self.data_dir / "web.log").open("ab") as log:
            # By way of a pipe, so that no limit on the size of files cuts the log off.
            tail = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
        assert tail.stdin
        self.web = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=tail.stdin, stderr=tail.stdin)
        tail.stdin.close()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError):
                if self.ask("/health/live").status == 200:
                    return
            assert self.web.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def stop(self) -> None:
        if self.web:
            for process in reversed(self.processes()):
                process.kill()
            self.web.wait()
            self.web = None

    def processes(self) -> list[psutil.Process]:
        """The master and its workers."""
        assert self.web
        master = psutil.Process(self.web.pid)
        return [master, *master.children(recursive=True)]

    def fill_the_disk(self) -> None:
        """As far as the web process can tell: no file of its own may grow by a byte."""
        for process in self.processes():
            _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
            process.rlimit(psutil.RLIMIT_FSIZE, (0, hard))

    def make_room(self) -> None:
        for process in self.processes():
            process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def ask(self, path: str, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        began = time.monotonic()
        with contextlib.closing(connection):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET" if body is None else "POST", path, body, sent)
            response = connection.getresponse()
            content = response.read().decode()
        return Answer(response.status, dict(response.getheaders()), content, time.monotonic() - began)

    def post(self) -> Answer:
        """Somebody subscribes."""
        return self.ask("/newsletter/", FORM, **OWN_PAGE)

    def wait_until_kept(self) -> None:
        """Wait for the end of the first round that keeps pages."""
        deadline = time.monotonic() + PATIENCE_S
        while not (self.data_dir / "published" / "state").exists():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def wait_for(self, path: str, status: int, body: str | None = None) -> None:
        """Wait until it is answered so again."""
        deadline = time.monotonic() + PATIENCE_S
        while self.ask(path, body, **(OWN_PAGE if body else {})).status != status:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)

    def log(self) -> str:
        return (self.data_dir / "web.log").read_text(encoding="utf-8")


@contextlib.contextmanager
def suspended(processes: list[psutil.Process]) -> Iterator[None]:
    """Within the block they hold every connection and say nothing (SIGSTOP)."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


def server_of(database_url: str) -> list[psutil.Process]:
    """The PostgreSQL of a `running_postgres`: its main process first."""
    folder = unquote(urlsplit(database_url).netloc.rpartition("@")[2])
    data = f"{folder}/data"
    main = next(one for one in psutil.process_iter(["cmdline"]) if data in (one.info["cmdline"] or []))
    return [main, *main.children(recursive=True)]

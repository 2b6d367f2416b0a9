"""A real server of the Redis protocol for tests: the machine's own or the one that pip brought."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk.launch.broker import choose_broker


class RedisServer:
    """A server on a socket of its own that can be killed and started again; `url` stays the same."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="newsdesk-redis-", dir="/tmp"))
        self._broker = choose_broker(self.folder, "")
        if not self._broker.command:
            pytest.skip("no Redis protocol server on this platform")
        self.socket = self.folder / "broker.sock"
        self.celery_url = self._broker.url
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(self._broker.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self.socket.exists():
            assert self.process.poll() is None and time.monotonic() < deadline, "the Redis server did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it as an accident would: everything in it is lost."""
        if self.process:
            os.kill(self.process.pid, 9)
            self.process.wait()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A running server."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(server.folder)

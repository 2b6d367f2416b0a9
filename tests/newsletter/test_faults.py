"""Sending by real workers: two of everything, a broker that forgets, and a stop in the middle."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line.processes import ROOT, Processes
from tests.servers.redis_server import RedisServer
from tests.servers.smtp import SmtpServer

SUBSCRIBERS = 40
SENT = "SELECT 1 FROM newsletter_delivery WHERE state = 'sent'"
STATES = "SELECT state FROM newsletter_delivery"


@pytest.fixture
def desk(tmp_path: Path, migrated: Path, redis_server: RedisServer, smtp_server: SmtpServer) -> Iterator[Processes]:
    """A desk with a digest to mail to everybody; nothing runs yet but the broker and the mail server."""
    desk = Processes(tmp_path, redis_server.celery_url, "127.0.0.1:1")
    desk.environment |= {
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_server.port}",
        "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
    }
    shutil.copy(migrated, tmp_path)
    program = [sys.executable, "-m", "tests.newsletter.filled_desk", str(SUBSCRIBERS)]
    subprocess.run(program, cwd=ROOT, env=desk.environment, check=True)
    yield desk
    desk.kill(*desk.running)


def wait_for_mails(server: SmtpServer, number: int, desk: Processes) -> None:
    deadline = time.monotonic() + 60
    while len(server.accepted) < number:
        assert time.monotonic() < deadline, desk.log()
        time.sleep(0.02)


def test_two_of_everything_and_a_broker_that_forgets(
    desk: Processes, redis_server: RedisServer, smtp_server: SmtpServer
) -> None:
    smtp_server.call("dot", lambda: time.sleep(0.05))
    desk.programs["second beat"] = desk.programs["beat"]
    desk.programs["second worker"] = (*desk.programs["worker"], "-n", "second@%h")
    desk.start("worker", "second worker", "beat", "second beat")
    wait_for_mails(smtp_server, 5, desk)
    redis_server.kill()
    wait_for_mails(smtp_server, 10, desk)
    redis_server.start()
    desk.wait_for_rows(SENT, SUBSCRIBERS)
    time.sleep(2.5)  # two more sweeps
    assert smtp_server.received() == {f"n{number}@example.org": 1 for number in range(SUBSCRIBERS)}
    assert len(desk.rows("SELECT 1 FROM newsletter_mailing WHERE state = 'done'")) == 1


def test_a_worker_that_is_told_to_stop_finishes_the_mail_in_hand(desk: Processes, smtp_server: SmtpServer) -> None:
    smtp_server.call("dot", lambda: time.sleep(0.4))
    desk.start("worker", "beat")
    wait_for_mails(smtp_server, 3, desk)
    worker = desk.running["worker"]
    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)  # to the main process alone, as ./run and containers do
    worker.wait(timeout=20)
    assert time.monotonic() - started < 8
    states = Counter(state for (state,) in desk.rows(STATES))
    assert states == {"sent": len(smtp_server.accepted), "queued": SUBSCRIBERS - len(smtp_server.accepted)}
    assert states["queued"] > SUBSCRIBERS // 2
    smtp_server.behave()
    desk.kill("worker")
    desk.start("worker")
    desk.wait_for_rows(SENT, SUBSCRIBERS)
    assert set(smtp_server.received().values()) == {1}

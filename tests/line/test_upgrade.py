"""An upgrade while the desk runs: migrations under live old code, and workers that are told to stop while they mail."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.line.processes import ROOT, Processes
from tests.playing import Played
from tests.servers.redis_server import RedisServer
from tests.servers.smtp import SmtpServer

SUBSCRIBERS = 12
MAIL_S = 0.2  # what the mail server takes for one
# A published digest on its way to this many, on a desk that has mailed before and so has a logbook.
ON_ITS_WAY = f"""
import django
django.setup()
from django.utils import timezone
from newsdesk.newsletter.delivery.covering import begin_logbook
from tests.newsletter.mailings import make_mailing
begin_logbook(now=timezone.now())
make_mailing(*(f"n{{number}}@example.org" for number in range({SUBSCRIBERS})))
"""


@pytest.mark.django_db  # on PostgreSQL too
def test_old_code_reads_and_writes_while_the_newest_migrations_come_and_after(playing: Played) -> None:
    (report,) = playing("tests.line.migrated_alive", "both")
    assert report["behind"] > 0
    assert report["written"] >= 6
    assert report["lost"] == []
    assert report["feeds"] == 1


def test_a_worker_that_is_told_to_stop_while_it_mails_mails_nobody_twice(
    tmp_path: Path, migrated: Path, redis_server: RedisServer, smtp_server: SmtpServer
) -> None:
    smtp_server.call("rcpt", lambda: time.sleep(MAIL_S))
    line = Processes(tmp_path, redis_server.celery_url, "")
    line.environment |= {
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_server.port}",
        "DEFAULT_FROM_EMAIL": "Newsdesk <news@example.org>",
        "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
        "MAIL_DIGESTS": "off",  # of those that this desk publishes meanwhile
    }
    shutil.copy(migrated, tmp_path)
    subprocess.run([sys.executable, "-c", ON_ITS_WAY], cwd=ROOT, env=line.environment, check=True)
    sent = "SELECT 1 FROM newsletter_delivery WHERE state = 'sent'"
    try:
        line.start("worker", "beat")
        line.wait_for_rows(sent, 3)
        line.running["worker"].send_signal(signal.SIGTERM)
        line.running["worker"].wait(timeout=60)
        line.start("worker")
        line.wait_for_rows("SELECT 1 FROM newsletter_delivery WHERE state NOT IN ('queued', 'inflight')", SUBSCRIBERS)
    finally:
        line.kill(*line.running)
    received = Counter(mail.to for mail in smtp_server.accepted)
    states = dict(
        line.rows(
            "SELECT s.email, d.state FROM newsletter_delivery d JOIN newsletter_subscriber s ON s.id = d.subscriber_id"
        )
    )
    assert set(states) == {f"n{number}@example.org" for number in range(SUBSCRIBERS)}
    assert set(received.values()) == {1}
    assert set(states.values()) <= {"sent", "unknown"}
    assert all(received[address] == 1 for address, state in states.items() if state == "sent")

"""A program that sends a mailing again and again, killed at one commit after the other; a line of JSON for each time.

    python -m tests.newsletter.killed_sender kill|race

Run with NEWSDESK_DATA_DIR (SQLite) or DATABASE_URL (PostgreSQL) of its own. Senders are forked, so that each is a
process that `kill -9` really ends; the mail server is a thread of the parent and outlives them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import timedelta
from itertools import count

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from newsdesk.lease import Lease  # noqa: E402
from newsdesk.newsletter.delivery.queue import queue_due  # noqa: E402
from newsdesk.newsletter.delivery.send import send_pending  # noqa: E402
from newsdesk.newsletter.delivery.transports.smtp import SmtpTransport  # noqa: E402
from newsdesk.newsletter.models import Delivery, Letter, Mailing  # noqa: E402
from tests.killing import forked, keep_template, killed_at, restore_template  # noqa: E402
from tests.newsletter.mailings import make_published  # noqa: E402
from tests.newsletter.rows import NOW, make_letter, make_subscriber  # noqa: E402
from tests.servers.smtp import SmtpServer  # noqa: E402

KINDS = ("good0", "gone", "busy", "good1")
RACERS = 3
RACED = 60


def main(mode: str) -> None:
    """Make the database once; then one round for each point at which a sender can be killed, or one race."""
    call_command("migrate", verbosity=0)
    make_published()
    for kind in KINDS if mode == "kill" else [f"n{number}" for number in range(RACED)]:
        make_subscriber(f"{kind}@example.org")
    make_letter(make_subscriber("letter@example.org", state="pending"))
    keep_template()
    if mode == "race":
        play(None, racers=RACERS)
        return
    for point in count(1):
        if not play(point):
            return


def play(point: int | None, *, racers: int = 1) -> bool:
    """One round from the beginning to the end; whether the sender was killed on its way."""
    restore_template()
    server = SmtpServer()
    server.refuse("rcpt", "550 5.1.1 unknown", to="gone@example.org")
    server.refuse("rcpt", "450 4.2.0 busy", to="busy@example.org", times=1)
    senders = [forked(lambda: send(server.port, point, hours=0)) for _ in range(racers)]
    ends = [os.waitpid(sender, 0)[1] for sender in senders]
    Lease.objects.update(expires_at=NOW)  # as minutes of waiting would
    connections.close_all()
    for hours in (1, 2):
        os.waitpid(forked(lambda: send(server.port, None, hours=hours)), 0)  # noqa: B023  (called at once)
    was_killed = signal.SIGKILL in ends
    report = {
        "point": point,
        "was_killed": was_killed,
        "received": dict(server.received()),
        "deliveries": dict(Delivery.objects.values_list("subscriber__email", "state")),
        "letters": dict(Letter.objects.values_list("subscriber__email", "state")),
        "mailings": list(Mailing.objects.values_list("state", flat=True)),
    }
    print(json.dumps(report), flush=True)
    connections.close_all()
    server.close()
    return was_killed


def send(port: int, point: int | None, *, hours: int) -> None:
    """What the task does, until nothing is left to do now."""
    now = NOW + timedelta(hours=hours)
    patience = time.monotonic() + 20
    with killed_at(point):
        while time.monotonic() < patience:
            queue_due(now=now)
            transport = SmtpTransport("127.0.0.1", port)
            send_pending(now=now, deadline=now + timedelta(seconds=30), transport=transport)
            transport.close()
            if not Delivery.objects.filter(state="queued", next_attempt_at__lte=now).exists():
                return
            time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1])

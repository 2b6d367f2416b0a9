"""A program that loses its database and puts a backup back, in every way; a line of JSON each tells who got what.

    python -m tests.newsletter.restored_desk all

Run with NEWSDESK_DATA_DIR (SQLite) or DATABASE_URL (PostgreSQL) of its own. `command` uses backup and restore; `hand`
swaps the database behind everybody's back; `queued` takes its backup in the middle of a mailing; `without` loses the
logbook as well. Every step is a process of its own, as after a start.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from newsdesk.backup import postgres, sqlite  # noqa: E402
from newsdesk.backup.archive import unpack  # noqa: E402
from newsdesk.backup.take import PART_OF  # noqa: E402
from newsdesk.digests.models import Digest  # noqa: E402
from newsdesk.digests.window import Hours  # noqa: E402
from newsdesk.newsletter.delivery.outbox import the_outbox  # noqa: E402
from newsdesk.newsletter.delivery.queue import queue_due  # noqa: E402
from newsdesk.newsletter.delivery.send import send_pending  # noqa: E402
from newsdesk.newsletter.delivery.transports.smtp import SmtpTransport  # noqa: E402
from newsdesk.newsletter.models import Delivery, Subscriber, Suppression  # noqa: E402
from newsdesk.newsletter.people.confirm import confirm  # noqa: E402
from newsdesk.newsletter.people.personal import erase  # noqa: E402
from newsdesk.newsletter.people.preferences import unsubscribe  # noqa: E402
from newsdesk.newsletter.people.subscribe import Wish, subscribe  # noqa: E402
from newsdesk.newsletter.people.suppressions import suppress  # noqa: E402
from newsdesk.newsletter.people.tokens import Purpose, make_token  # noqa: E402
from tests.killing import forked, keep_template, restore_template  # noqa: E402
from tests.newsletter.mailings import make_published  # noqa: E402
from tests.newsletter.rows import make_letter, make_subscriber  # noqa: E402
from tests.servers.smtp import SmtpServer  # noqa: E402

NAMES = ("stays", "leaves", "erased", "complains", "returns", "asked")
NOW = timezone.now()
TODAY = Hours.of_settings().latest_date(NOW)
BACKUP = settings.DATA_DIR / "backup.tar.gz"


def main(_: str) -> None:
    call_command("migrate", verbosity=0)
    first_day()
    keep_template()
    for way in ("command", "hand", "queued", "without"):
        restore_template()
        play(way)


def play(way: str) -> None:
    server = SmtpServer()
    in_process(lambda: send(server.port, most=3 if way == "queued" else 100))
    in_process(lambda: call_command("backup", str(BACKUP)))
    if way == "queued":
        in_process(lambda: send(server.port))
    second_day()
    in_process(lambda: send(server.port))
    in_process(departures)
    before = Counter(server.received())
    if way == "without":
        Path(settings.MAIL_LOGBOOK).unlink()
    in_process(put_back_by_hand if way in ("hand", "without") else lambda: call_command("restore", str(BACKUP)))
    second_day()
    in_process(lambda: send(server.port))
    report = {
        "way": way,
        "before": before,
        "received": dict(server.received()),
        "subscribers": dict(Subscriber.objects.values_list("email", "state")),
        "suppressions": sorted(Suppression.objects.values_list("reason", flat=True)),
        "deliveries": dict(Delivery.objects.filter(digest__date=TODAY).values_list("subscriber__email", "state")),
        "is_paused": the_outbox().is_paused,
        "reason": the_outbox().reason,
    }
    print(json.dumps(report), flush=True)
    connections.close_all()
    server.close()


def first_day() -> None:
    for name in NAMES:
        make_subscriber(f"{name}@example.org")
    make_letter(make_subscriber("letter@example.org", state="pending", asked_at=NOW), made_on=NOW.date())
    make_published(TODAY - timedelta(days=1), published_at=timezone.now())


def second_day() -> None:
    """The next digest; after the backup was put back, it is built and published once more."""
    if not Digest.objects.filter(date=TODAY).exists():
        make_published(TODAY, published_at=timezone.now())


def put_back_by_hand() -> None:
    """The database alone, and nothing is compared."""
    connections.close_all()
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as name:
        manifest = unpack(BACKUP, Path(name))
        part, aside = Path(name) / PART_OF[manifest.database], settings.DATA_DIR / f"aside-{time.monotonic_ns()}"
        if manifest.database == "sqlite":
            sqlite.put_into_place(part, Path(settings.DATABASES["default"]["NAME"]), aside)
        else:
            postgres.put_into_place(part, settings.DATABASES["default"], aside)


def departures() -> None:
    now = timezone.now()
    unsubscribe(find("leaves").public_id, now=now)
    erase(find("erased").public_id, now=now)
    suppress("complains@example.org", Suppression.Reason.COMPLAINED, now=now)
    back = find("returns")
    unsubscribe(back.public_id, now=now)
    subscribe(Wish(back.email, "daily", ()), network="here", now=now)
    confirm(make_token(Purpose.CONFIRM, back.public_id, now=now + timedelta(seconds=1)), now=timezone.now())


def find(name: str) -> Subscriber:
    return Subscriber.objects.get(email=f"{name}@example.org")


def send(port: int, most: int = 100) -> None:
    """A sweep's worth of sending, or so many mails of it."""
    sent = 0
    now = timezone.now()
    queue_due(now=now)
    transport = SmtpTransport("127.0.0.1", port)

    class Counted:
        def send(self, *arguments: object) -> object:
            nonlocal sent
            sent += 1
            return transport.send(*arguments)  # type: ignore[arg-type]

    send_pending(now=now, deadline=now + timedelta(seconds=60), transport=Counted(), should_stop=lambda: sent >= most)  # type: ignore[arg-type]
    transport.close()


def in_process(step: Callable[[], object]) -> None:
    output = sys.stdout
    sys.stdout = sys.stderr  # what the commands print is none of the report
    status = os.waitpid(forked(lambda: (step(), None)[1]), 0)[1]
    sys.stdout = output
    assert status == 0, f"a step failed: {status}"


if __name__ == "__main__":
    main(sys.argv[1])

"""Mail a digest to many subscribers over SMTP on this machine: rate, memory, and an exact resumption after a kill.

    python bench/mailing.py [SUBSCRIBERS] [--peer MAILS]

Makes a database of its own with SUBSCRIBERS (default 10000) who prefer a dozen different sets of themes, sends with one
process, kills it (kill -9) half-way, starts it again, and counts at the server what each address got. Then a plain
Django loop of EmailMultiAlternatives mails the same content to --peer addresses (default 1000) for comparison. Exits 1
if anybody got two mails, if anybody is unaccounted for, or at fewer than 2,000 mails a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL_PER_MINUTE = 2000
DEFAULT_SUBSCRIBERS = 10_000
DEFAULT_PEER_MAILS = 1_000
RUN = timedelta(seconds=45)
THEMES = (
    [],
    *(["security"], ["compute"], ["policy"], ["security", "compute"], ["launches"], ["research", "compute"]),
    *(["funding"], ["policy", "lawsuits"], ["people"], ["open-models", "research"], ["society", "security"]),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subscribers", type=int, nargs="?", default=DEFAULT_SUBSCRIBERS)
    parser.add_argument("--peer", type=int, default=DEFAULT_PEER_MAILS)
    parser.add_argument("--role", choices=("all", "make", "send", "peer"), default="all", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role == "all":
        return measure(arguments.subscribers, arguments.peer)
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsdesk.settings"
    import django

    django.setup()
    {"make": make, "send": send, "peer": peer}[arguments.role](
        arguments.peer if arguments.role == "peer" else arguments.subscribers
    )
    return 0


def measure(subscribers: int, peer_mails: int) -> int:
    """Run the roles as processes against one server; print the figures."""
    sys.path.insert(0, str(ROOT))
    from tests.servers.smtp import SmtpServer

    server = SmtpServer()
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
            "NEWSDESK_DATA_DIR": folder,
            "NEWSDESK_ENV_FILE": os.devnull,
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        }

        def start(role: str) -> subprocess.Popen[str]:
            command = [sys.executable, __file__, str(subscribers), "--peer", str(peer_mails), "--role", role]
            return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")

        assert start("make").wait() == 0
        sender = start("send")
        while len(server.accepted) < subscribers // 2:
            assert sender.poll() is None, "the sender ended before it was killed"
            time.sleep(0.01)
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        time.sleep(0.5)
        at_kill = len(server.accepted)
        resumed = start("send")
        first = json.loads(sender.stdout.readline() if sender.stdout else "{}")
        figures = json.loads(resumed.communicate()[0].splitlines()[-1])
        received = server.received()
        server.accepted.clear()
        plain = json.loads(start("peer").communicate()[0].splitlines()[-1])
    twice = sum(number > 1 for number in received.values())
    states = figures["states"]
    accounted = states.get("sent", 0) + states.get("unknown", 0) + states.get("skipped", 0)
    exact = twice == 0 and accounted == subscribers and states.get("unknown", 0) <= 1
    exact = exact and len(received) in (states["sent"], states["sent"] + states.get("unknown", 0))
    rate, plain_rate = figures["per_minute"], plain["per_minute"]
    print(f"subscribers {subscribers}  variants {len(THEMES)}  killed after {at_kill} mails, then resumed")
    print(f"received {sum(received.values())}  by addresses {len(received)}  twice {twice}  states {states}")
    print(f"exact resumption: {'yes' if exact else 'NO'}")
    print(f"mails a minute, one sender: {rate:.0f} (goal {GOAL_PER_MINUTE})  mean message {figures['bytes']} bytes")
    print(
        f"peak memory: {first['peak_mb']:.0f} MB when the first mail went, "
        f"{figures['first_peak_mb']:.0f} to {figures['peak_mb']:.0f} MB from first to last after the resumption"
    )
    print(
        f"plain Django loop, no claims, no records: {plain_rate:.0f} a minute; ours is {rate / plain_rate:.2f} of that"
    )
    return 0 if exact and rate >= GOAL_PER_MINUTE else 1


def make(subscribers: int) -> None:
    """The database: a digest of an invented day, published now, and its subscribers."""
    from django.core.management import call_command
    from django.utils import timezone

    from newsdesk.newsletter.delivery.queue import queue_due
    from newsdesk.newsletter.models import Subscriber
    from tests.site.invented import invented_digest

    call_command("migrate", verbosity=0)
    now = timezone.now()
    invented_digest(published_at=now)
    for start in range(0, subscribers, 5000):
        Subscriber.objects.bulk_create(
            Subscriber(
                email=f"n{number}@example.org",
                themes=THEMES[number % len(THEMES)],
                state="active",
                asked_at=now - timedelta(days=2),
                confirmed_at=now - timedelta(days=1),
            )
            for number in range(start, min(start + 5000, subscribers))
        )
    assert queue_due(now=now) == subscribers


def send(_: int) -> None:
    """Send to the end; a line when the first mail went and one with the figures."""
    from django.db.models import Count
    from django.utils import timezone

    from newsdesk.lease import Lease
    from newsdesk.newsletter.delivery.outcome import Outcome
    from newsdesk.newsletter.delivery.send import has_due, send_pending
    from newsdesk.newsletter.delivery.transports import Transport, open_transport
    from newsdesk.newsletter.models import Delivery

    class Counting:
        """Counts the mails and their bytes on their way."""

        def __init__(self, transport: Transport) -> None:
            self.transport, self.mails, self.bytes, self.first_peak_mb = transport, 0, 0, 0.0

        def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
            outcome = self.transport.send(mail_from, to, message)
            self.mails, self.bytes = self.mails + 1, self.bytes + len(message)
            if self.mails == 1:
                self.first_peak_mb = peak_mb()
                print(json.dumps({"peak_mb": self.first_peak_mb}), flush=True)
            return outcome

        def close(self) -> None:
            self.transport.close()

    Lease.objects.update(expires_at=timezone.now())  # what four minutes of waiting after the kill would do
    started = time.monotonic()
    with open_transport() as transport:
        counting = Counting(transport)
        while has_due(now := timezone.now()):
            send_pending(now=now, deadline=now + RUN, transport=counting)
    spent = time.monotonic() - started
    states = {row["state"]: row["n"] for row in Delivery.objects.values("state").annotate(n=Count("pk"))}
    figures = {
        "per_minute": counting.mails / spent * 60,
        "bytes": counting.bytes // max(1, counting.mails),
        "first_peak_mb": counting.first_peak_mb,
        "peak_mb": peak_mb(),
        "states": states,
    }
    print(json.dumps(figures), flush=True)


def peer(mails: int) -> None:
    """What a plain project would do: one EmailMultiAlternatives each, through one connection."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    from newsdesk.digests.documents.document import as_document
    from newsdesk.digests.models import Digest
    from newsdesk.newsletter.mail.render import render_digest

    content = render_digest(as_document(Digest.objects.get()), themes=frozenset())
    assert content is not None
    started = time.monotonic()
    messages = []
    for number in range(mails):
        headers = {"List-Unsubscribe": f"<https://news.example/u/{number}>"}
        message = EmailMultiAlternatives(
            content.subject, content.text, "desk@news.example", [f"n{number}@example.org"], headers=headers
        )
        message.attach_alternative(content.html, "text/html")
        messages.append(message)
    get_connection().send_messages(messages)
    print(json.dumps({"per_minute": mails / (time.monotonic() - started) * 60}))


def peak_mb() -> float:
    """The most memory that this process has had, in MB (Linux counts KiB, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    raise SystemExit(main())

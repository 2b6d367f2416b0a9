"""Published digests with something in them, for the tests of sending."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from newsdesk.digests.models import Digest
from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.queue import queue_all, start_mailing
from newsdesk.newsletter.delivery.send import send_pending
from newsdesk.newsletter.delivery.transports.smtp import SmtpTransport
from newsdesk.newsletter.models import Mail, Subscriber
from tests.newsletter.rows import NOW, make_subscriber
from tests.servers.smtp import SmtpServer
from tests.site import rows

PUBLISHED = NOW - timedelta(hours=1)
LATER = timedelta(hours=1)
State = Mail.State
TODAY = NOW.date()


def make_published(day: date = TODAY, edition: str = "daily", **fields: Any) -> Digest:
    """A digest of two stories, of security and of chips, published an hour ago."""
    stories = [
        rows.make_story(rows.make_entry(title="Harbour network breached"), theme="security"),
        rows.make_story(rows.make_entry(title="Quillon orders forty cranes of silicon"), theme="compute"),
    ]
    defaults = {"published_at": PUBLISHED, "edition": rows.make_edition(edition), "stories": stories}
    return rows.make_digest(day, **{**defaults, **fields})


def make_mailing(*emails: str, digest: Digest | None = None) -> Digest:
    """A digest whose mailing has begun, to new subscribers with these addresses."""
    digest = digest or make_published()
    for email in emails:
        make_subscriber(email)
    queue_all(start_mailing(digest, actor=None, now=NOW))
    return digest


def smtp(server: SmtpServer) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", server.port, timeout_s=2.0, mail_s=5.0, final_reply_s=2.0)


def run(transport: Any, now: datetime = NOW, seconds: float = 45, **options: Any) -> int:
    """One run of sending."""
    try:
        return send_pending(now=now, deadline=now + timedelta(seconds=seconds), transport=transport, **options)
    finally:
        transport.close()


def states(digest: Digest) -> dict[str, str]:
    """The state of each delivery, by address."""
    return dict(digest.deliveries.values_list("subscriber__email", "state"))


def subscriber(email: str) -> Subscriber:
    return Subscriber.objects.at(email).get()


class Recorder:
    """A way out of the house that keeps what it is given, and says of each address what it is told to say."""

    def __init__(self, **says: Outcome) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self._says = says

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        self.sent.append((to, message))
        return self._says.get(to.partition("@")[0], Outcome(Kind.SENT, "250 ok"))

    def close(self) -> None:
        pass

    def count(self) -> Counter[str]:
        return Counter(to for to, _ in self.sent)

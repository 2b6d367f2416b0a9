from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Count
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.digests.management.arguments import add_date, add_edition, find_digest, find_edition, read_date
from newsdesk.digests.models import Digest
from newsdesk.newsletter.delivery.outbox import is_open, the_outbox
from newsdesk.newsletter.delivery.plan import plan_mailing
from newsdesk.newsletter.delivery.queue import CannotMail, queue_all, require_mailable, start_mailing
from newsdesk.newsletter.delivery.send import send_pending
from newsdesk.newsletter.delivery.stop import heeding_stop
from newsdesk.newsletter.delivery.transports import open_transport
from newsdesk.newsletter.models import Delivery, Mail, Mailing

# How often progress is told; each time the sender's lease is given up for a moment.
SLICE = timedelta(seconds=10)
# Another sender may be at work; ours comes in when it is done.
NAP_S = 1.0
State = Mail.State


class Command(ExampledCommand):
    help = (
        "Mail a published digest to the subscribers who had confirmed when it was published, in the foreground.\n"
        "What was sent is never sent again: run it twice, or after a crash, and it goes on with the rest. Prints how\n"
        "many mails are sent, failed, unknown, skipped and still waiting; exits 0 if none is unknown or waiting."
    )
    example = (
        "  manage.py send_digest 2026-03-25 --dry-run\n"
        "  manage.py send_digest 2026-03-25\n"
        "  manage.py send_digest 2026-03-23 --edition weekly"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        add_date(parser)
        parser.add_argument("--dry-run", action="store_true", help="say how many would be mailed what; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        digest = find_digest(find_edition(options["edition"]), read_date(options["date"]))
        try:
            require_mailable(digest)
            if options["dry_run"]:
                self._plan(digest)
                return
            mailing = start_mailing(digest, actor=None, now=timezone.now())
        except CannotMail as error:
            raise CommandError(str(error)) from error
        queue_all(mailing)
        with heeding_stop() as is_stopped:
            self._send(digest, is_stopped)
            counts = _counts(digest)
            waiting = counts[State.QUEUED] + counts[State.INFLIGHT]
            self.stdout.write(
                f"sent {counts[State.SENT]}  failed {counts[State.FAILED]}  unknown {counts[State.UNKNOWN]}  "
                f"skipped {counts[State.SKIPPED]}  waiting {waiting}"
            )
        if waiting or counts[State.UNKNOWN]:
            raise CommandError(_why_unfinished(digest, waiting, counts[State.UNKNOWN]))

    def _plan(self, digest: Digest) -> None:
        plan = plan_mailing(digest, now=timezone.now())
        largest = max(plan.sizes, default=0)
        self.stdout.write(
            f"would mail {plan.mails}  nothing of their themes {plan.without_news}  variants {len(plan.sizes)}  "
            f"largest message {largest} bytes"
        )

    def _send(self, digest: Digest, is_stopped: Callable[[], bool]) -> None:
        with open_transport() as transport:
            while not is_stopped() and _has_due(digest):
                now = timezone.now()
                handled = send_pending(now=now, deadline=now + SLICE, transport=transport, should_stop=is_stopped)
                left = digest.deliveries.filter(state=State.QUEUED).count()
                self.stderr.write(f"{left} to go")
                if not handled and _has_due(digest) and not is_stopped():
                    time.sleep(NAP_S)


def _has_due(digest: Digest) -> bool:
    now = timezone.now()
    due = Delivery.objects.filter(digest=digest, state=State.QUEUED, next_attempt_at__lte=now)
    is_sending = Mailing.objects.filter(digest=digest, state=Mailing.State.SENDING)
    return is_open(now) and is_sending.exists() and due.exists()


def _counts(digest: Digest) -> Counter[str]:
    rows = Delivery.objects.filter(digest=digest).values("state").annotate(number=Count("pk"))
    return Counter({row["state"]: row["number"] for row in rows})


def _why_unfinished(digest: Digest, waiting: int, unknown: int) -> str:
    outbox = the_outbox()
    if waiting and outbox.is_paused:
        return f"All sending is paused: {outbox.reason}"
    if waiting and Mailing.objects.filter(digest=digest, state=Mailing.State.PAUSED).exists():
        return "This mailing is paused."
    if waiting and outbox.retry_at and outbox.retry_at > timezone.now():
        when = f"{outbox.retry_at:%H:%M} UTC"
        return f"The mail server or the logbook could not be used, and is tried again at {when}: {outbox.reason}"
    if waiting:
        return f"{waiting} mails wait for their next attempt; the worker goes on with them, or this command run again."
    return f"Nobody knows whether {unknown} mails arrived; a person has to say in the admin."

"""The stages of this app, as the sweep wakes them, and its nightly audit.

The tasks are bound for what the app that runs them gives its tasks: `wake_next`, which wakes the stage after this one
while this one goes on, and `wake_again`, which lets another process, or a later turn of this one, go on with the rest.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from feeds.extracting.audit import audit_pending
from feeds.extracting.extract import extract_pending
from feeds.polling.poll import FeedPolled, poll_due

# After these seconds no request is begun, and the rest is another turn's; those under way end by their own deadlines.
SLICE_S = 20.0


@shared_task(name="feeds.tasks.poll", bind=True)
def poll(self: Any) -> int:
    """Poll the feeds that are due, for a slice of time; returns how many entries are new or changed."""

    def go_on(feed: FeedPolled, _done: int, _total: int) -> None:
        if feed.outcome == "stored":
            self.wake_next()

    polled = poll_due(now=timezone.now(), deadline_s=SLICE_S, progress=go_on, call_for_help=self.wake_again)
    return sum(feed.new_entries + feed.updated_entries for feed in polled)


@shared_task(name="feeds.tasks.extract", bind=True)
def extract(self: Any) -> int:
    """Extract the entries that are pending, for a slice of time; returns how many got an outcome."""
    return extract_pending(
        now=timezone.now(),
        deadline_s=SLICE_S,
        progress=lambda _done, _total: self.wake_next(),
        call_for_help=self.wake_again,
    )


@shared_task(name="feeds.tasks.audit")
def audit() -> int:
    """Look through all entries for work that no index shows; returns how many had some."""
    return audit_pending()

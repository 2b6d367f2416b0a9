"""The stages of this app, as the sweep wakes them."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from feeds.extracting.extract import extract_pending
from feeds.polling.poll import poll_due

# Below the tasks' soft time limit by more than one fetch; what is left stays due.
RUN_S = 600.0


@shared_task(name="feeds.tasks.poll")
def poll() -> int:
    """Poll the feeds that are due; returns how many entries are new or changed."""
    polled = poll_due(now=timezone.now(), deadline_s=RUN_S)
    return sum(feed.new_entries + feed.updated_entries for feed in polled)


@shared_task(name="feeds.tasks.extract")
def extract() -> int:
    """Extract the entries that are pending; returns how many got an outcome."""
    return extract_pending(now=timezone.now(), deadline_s=RUN_S)

"""How a publisher's feeds are doing, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feeds.models import FAILING_AFTER, RECORDING_SCHEME, Feed


@dataclass(frozen=True, slots=True)
class Health:
    """The worst state of a publisher's feeds: ok, waiting, recorded, failing or off."""

    state: str
    words: str
    succeeded_at: datetime | None
    error: str


def publisher_health(feeds: Iterable[Feed]) -> Health:
    """One sentence for all the feeds of a publisher, with the newest success and the first error among them."""
    feeds = list(feeds)
    active = [feed for feed in feeds if feed.is_active]
    failing = [feed for feed in active if feed.failure_count >= FAILING_AFTER]
    succeeded_at = max((feed.succeeded_at for feed in feeds if feed.succeeded_at), default=None)
    error = next((feed.last_error for feed in failing or active if feed.failure_count and feed.last_error), "")
    if not feeds:
        state, words = "off", "No feed is known"
    elif all(feed.url.startswith(RECORDING_SCHEME) for feed in feeds):
        state, words = "recorded", "Read from a recording, not polled"
    elif not active:
        state, words = "off", "No longer polled"
    elif failing:
        state = "failing"
        words = f"Failing, {max(feed.failure_count for feed in failing)} times in a row"
        if len(active) > 1:
            words += f" ({len(failing)} of {len(active)} feeds)"
    elif succeeded_at is None:
        state, words = "waiting", "Not polled yet" if not error else "Has not answered yet"
    else:
        state, words = "ok", "Answers" if not error else "Answered lately; the last poll failed"
    return Health(state, words, succeeded_at, error)

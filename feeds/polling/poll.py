"""Polling feeds: claim, fetch and parse in threads, store in the calling thread, note the outcome on the feed's row.

Threads never touch the database. One bad feed never blocks the others, and a claim left by a killed worker expires.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from feeds.clock import Clock
from feeds.models import CLOCK_SLACK, RECORDING_SCHEME, Entry, Feed
from feeds.parsing.parse import NotAFeed, ParsedFeed, parse
from feeds.polling.host_claims import HostClaims
from feeds.polling.outcome import PollFailure, note_failure, note_success
from feeds.polling.store import Stored, store
from feeds.web.ask import FetchFailed, Response, ask_for_feed
from feeds.web.pump import Job, Limits, Pump, Work

logger = logging.getLogger(__name__)

# Longer than a fetch (30 s) and the parsing of the worst document (60 s by the clock, one thread after the other).
CLAIM = timedelta(minutes=10)

Outcome = Literal["stored", "unchanged", "failed"]
Progress = Callable[["FeedPolled", int, int], None]


@dataclass(frozen=True)
class FeedPolled:
    """The outcome of one poll; `message` says in plain words what failed or was odd, and is empty otherwise."""

    feed_id: int
    url: str
    outcome: Outcome
    new_entries: int = 0
    updated_entries: int = 0
    message: str = ""


@dataclass(frozen=True)
class _Answer:
    """What a thread brings back: a response, parsed unless it was a 304."""

    response: Response
    parsed: ParsedFeed | None


def poll_due(
    *,
    now: datetime,
    only: Sequence[int] | None = None,
    force: bool = False,
    workers: int = 8,
    deadline_s: float | None = None,
    progress: Progress | None = None,
    call_for_help: Callable[[], object] = lambda: None,
) -> list[FeedPolled]:
    """Poll the feeds that are due, or with `force` all active ones; `only` narrows to these ids.

    With `force` and `only` a stopped feed is polled too. After `deadline_s` no new feed is begun; what is left stays
    due. `progress` gets each outcome, how many are done and how many there are. `call_for_help` is called when another
    run could share the work. Rows get `now` plus the time passed.
    """
    clock = Clock(now)
    Entry.objects.filter(seen_at__gt=now + CLOCK_SLACK).update(seen_at=now)  # seen while the clock had run ahead
    hosts = HostClaims("poll", settings.FETCH_ALLOWED_ADDRESSES)
    jobs = _candidates(now, only, force)
    urls = {job.key: job.url for job in jobs}

    def claim(feed_id: int) -> Feed | None:
        # Whoever names feeds waits for nobody.
        return _claim(feed_id, clock.now(), force) if force or hosts.claim(urls[feed_id], clock.now()) else None

    work = Work(claim, _read, _give_back, call_for_help)
    limits = Limits(workers, deadline_s, settings.FETCH_ALLOWED_ADDRESSES)
    polled: list[FeedPolled] = []
    try:
        with Pump(jobs, work, limits, clock, name="poll") as pump:
            for feed, answer in pump.answers():
                polled.append(_record(feed, answer, clock.now()))
                if progress:
                    progress(polled[-1], len(polled), pump.total)
    finally:
        hosts.give_back()
    return polled


def _candidates(now: datetime, only: Sequence[int] | None, force: bool) -> list[Job]:
    feeds = Feed.objects.unclaimed(now) if force else Feed.objects.due(now)
    feeds = feeds.filter(is_active=True) if only is None else feeds.filter(pk__in=only)
    feeds = feeds.exclude(url__startswith=RECORDING_SCHEME)
    return [Job(pk, url) for pk, url in feeds.order_by("next_poll_at", "pk").values_list("pk", "url")]


def _claim(feed_id: int, now: datetime, force: bool) -> Feed | None:
    if not Feed.objects.claim(feed_id, now, now + CLAIM, force=force):
        return None
    return Feed.objects.select_related("publisher").get(pk=feed_id)


def _give_back(feeds: list[Feed]) -> None:
    Feed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(claimed_until=None)


def _read(feed: Feed) -> _Answer | PollFailure:
    """Fetch and parse; runs in a thread."""
    try:
        response = ask_for_feed(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        if response.status != 304:
            return _Answer(response, bounded(parse, response.body, dict(response.headers), response.url))
        if feed.succeeded_at is None:
            return PollFailure("bad_response", "The server says that nothing changed, but we never read the feed.", 304)
        return _Answer(response, None)
    except FetchFailed as error:
        return PollFailure(error.code, error.message, error.status, error.retry_after)
    except NotAFeed as error:
        return PollFailure("not_a_feed", str(error))
    except CutOff as error:
        return PollFailure("cut_off", f"The document could not be read. {error}")


def _record(feed: Feed, answer: Future[_Answer | PollFailure], now: datetime) -> FeedPolled:
    try:
        read = answer.result()
        if isinstance(read, PollFailure):
            return FeedPolled(feed.pk, feed.url, "failed", message=note_failure(feed, read, now=now))
        with transaction.atomic():
            stored = store(feed, read.parsed, now=now) if read.parsed else Stored()
            message = note_success(feed, read.response, read.parsed, now=now)
    except Exception:
        logger.exception("Feed %s (%s) made us fail", feed.pk, feed.url)
        failure = PollFailure("internal", "Newsdesk failed on this feed; the log says how.")
        return FeedPolled(feed.pk, feed.url, "failed", message=note_failure(feed, failure, now=now))
    outcome: Outcome = "stored" if stored.inserted or stored.updated else "unchanged"
    return FeedPolled(feed.pk, feed.url, outcome, stored.inserted, stored.updated, message)

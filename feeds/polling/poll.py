"""Polling feeds: claim, fetch and parse in threads, store in the calling thread, note the outcome on the feed's row.

Threads never touch the database. One bad feed never blocks the others, and a claim left by a killed worker expires.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction

from feeds.models import RECORDING_SCHEME, Feed
from feeds.parsing.parse import NotAFeed, ParsedFeed, parse
from feeds.polling.health import Failure, note_failure, note_success
from feeds.polling.store import Stored, store
from feeds.web.fetch import FetchFailed, Response, fetch, user_agent_of
from feeds.web.hosts import Hosts

logger = logging.getLogger(__name__)

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
# Longer than a fetch (30 s) and the parsing of the worst document (about 5 s a thread) can take.
CLAIM = timedelta(minutes=10)
TICK_S = 0.05
# Parsing holds the interpreter's lock anyway; one document at a time keeps the memory of hostile ones bounded.
_parsing = threading.Lock()

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
) -> list[FeedPolled]:
    """Poll the feeds that are due, or with `force` all active ones; `only` narrows to these ids.

    With `force` and `only` a stopped feed is polled too. After `deadline_s` no new feed is begun; what is left stays
    due. `progress` gets each outcome, how many are done and how many there are. Rows get `now` plus the time passed.
    """
    run = _Run(now, force)
    waiting = _candidates(now, only, force)
    total = len(waiting)
    hosts = Hosts(settings.FETCH_ALLOWED_ADDRESSES)
    running: dict[Future[_Answer | Failure], Feed] = {}
    polled: list[FeedPolled] = []
    pool = ThreadPoolExecutor(workers, thread_name_prefix="poll")
    try:
        while waiting or running:
            if deadline_s is not None and run.seconds() > deadline_s:
                waiting.clear()
            while len(running) < workers and (place := hosts.next_ready(url for _, url in waiting)) is not None:
                if feed := run.claim(waiting.pop(place)[0]):
                    hosts.begin(feed.url)
                    running[pool.submit(_read, feed, settings.FETCH_ALLOWED_ADDRESSES)] = feed
                else:
                    total -= 1
            if not running:
                time.sleep(TICK_S)
            for future in wait(running, timeout=TICK_S, return_when=FIRST_COMPLETED).done:
                feed = running.pop(future)
                hosts.end(feed.url)
                polled.append(_record(feed, future, run.moment()))
                if progress:
                    progress(polled[-1], len(polled), total)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        if running:  # interrupted: give the claims back
            Feed.objects.filter(pk__in=[feed.pk for feed in running.values()]).update(claimed_until=None)
    return polled


class _Run:
    """The clock of one run, and its claims."""

    def __init__(self, now: datetime, force: bool) -> None:
        self._now, self._force, self._started = now, force, time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._started

    def moment(self) -> datetime:
        return self._now + timedelta(seconds=self.seconds())

    def claim(self, feed_id: int) -> Feed | None:
        moment = self.moment()
        if not Feed.objects.claim(feed_id, moment, moment + CLAIM, force=self._force):
            return None
        return Feed.objects.select_related("publisher").get(pk=feed_id)


def _candidates(now: datetime, only: Sequence[int] | None, force: bool) -> list[tuple[int, str]]:
    feeds = Feed.objects.unclaimed(now) if force else Feed.objects.due(now)
    feeds = feeds.filter(is_active=True) if only is None else feeds.filter(pk__in=only)
    feeds = feeds.exclude(url__startswith=RECORDING_SCHEME)
    return list(feeds.order_by("next_poll_at", "pk").values_list("pk", "url"))


def _read(feed: Feed, allowed_addresses: frozenset[str]) -> _Answer | Failure:
    """Fetch and parse; runs in a thread."""
    try:
        response = fetch(
            feed.url,
            etag=feed.etag,
            last_modified=feed.last_modified,
            accept=ACCEPT,
            allowed_addresses=allowed_addresses,
            user_agent=user_agent_of(settings.SITE_URL),
        )
        if response.status != 304:
            with _parsing:
                return _Answer(response, parse(response.body, response.headers, response.url))
        if feed.succeeded_at is None:
            return Failure("bad_response", "The server says that nothing changed, but we never read the feed.", 304)
        return _Answer(response, None)
    except FetchFailed as error:
        return Failure(error.code, error.message, error.status, error.retry_after)
    except NotAFeed as error:
        return Failure("not_a_feed", str(error))


def _record(feed: Feed, future: Future[_Answer | Failure], now: datetime) -> FeedPolled:
    try:
        answer = future.result()
        if isinstance(answer, Failure):
            return FeedPolled(feed.pk, feed.url, "failed", message=note_failure(feed, answer, now=now))
        with transaction.atomic():
            stored = store(feed, answer.parsed, now=now) if answer.parsed else Stored()
            message = note_success(feed, answer.response, answer.parsed, now=now)
    except Exception:
        logger.exception("Feed %s (%s) made us fail", feed.pk, feed.url)
        failure = Failure("internal", "Newsdesk failed on this feed; the log says how.")
        return FeedPolled(feed.pk, feed.url, "failed", message=note_failure(feed, failure, now=now))
    outcome: Outcome = "stored" if stored.inserted or stored.updated else "unchanged"
    return FeedPolled(feed.pk, feed.url, outcome, stored.inserted, stored.updated, message)

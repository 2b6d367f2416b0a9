"""Giving every entry an article: the page's text where it can be had, the feed's own where not.

Pages are fetched and read in threads that never touch the database; outcomes are written by the calling thread, each
in one short transaction. Entries are claimed one by one, so that two workers never read the same page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Length

from feeds.extracting.articles import adopt_feed_text, adopt_for_reasons, record_verdict
from feeds.extracting.readable import read_article
from feeds.extracting.verdict import Failure, Page, reason_for_no_request
from feeds.models import RECORDING_SCHEME, Entry
from feeds.polling.schedule import retry_after_wait
from feeds.web.fetch import FetchFailed, fetch, user_agent_of
from feeds.web.hosts import Hosts, host_of

__all__ = ["adopt_feed_text", "extract_pending"]

logger = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_DEADLINE_S = 20.0
MAX_PAGE_BYTES = 5 * 1024 * 1024
# Longer than fetching (20 s) and reading the worst page (2.5 s of processor time in each thread) take.
CLAIM = timedelta(minutes=5)
TICK_S = 0.05
# After one of these a host is left alone for the rest of the run; its other entries stay due.
HOST_FAILURES = frozenset({"dns", "connect", "timeout", "tls"})
BUSY_STATUSES = frozenset({429, 503})

Progress = Callable[[int, int], None]


def extract_pending(
    *,
    now: datetime,
    limit: int | None = None,
    deadline_s: float | None = None,
    since: datetime | None = None,
    workers: int = 8,
    progress: Progress | None = None,
) -> int:
    """Give the entries that are due an article, newest first; returns how many got an outcome.

    Entries whose page is not asked for come first, all of them and at once. Of the others at most `limit`, and only
    those seen at or after `since`; after `deadline_s` no new page is begun, and what is left stays due. `progress`
    gets how many pages are done and how many there are. Rows get `now` plus the time passed.
    """
    clock = _Clock(now)
    reasons, pages = _due(now)
    outcomes = adopt_for_reasons(reasons, now=now)
    waiting = [(pk, url) for pk, url, seen_at in pages if since is None or seen_at >= since][:limit]
    total, done = len(waiting), 0
    hosts = Hosts(settings.FETCH_ALLOWED_ADDRESSES)
    running: dict[Future[Page | Failure], Entry] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="extract")
    try:
        while waiting or running:
            if deadline_s is not None and clock.seconds() > deadline_s:
                waiting.clear()
            while len(running) < workers and (place := hosts.next_ready(url for _, url in waiting)) is not None:
                if entry := _claim(waiting.pop(place)[0], clock.moment()):
                    hosts.begin(entry.url)
                    running[pool.submit(read_page, entry.url, clock.moment())] = entry
                else:
                    total -= 1
            if not running:
                time.sleep(TICK_S)
                continue
            for future in wait(running, timeout=TICK_S, return_when=FIRST_COMPLETED).done:
                entry = running.pop(future)
                hosts.end(entry.url)
                found = _found(future, entry)
                outcomes += record_verdict(entry, found, now=clock.moment())
                done += 1
                if isinstance(found, Failure) and (found.code in HOST_FAILURES or found.status in BUSY_STATUSES):
                    others = [item for item in waiting if host_of(item[1]) != host_of(entry.url)]
                    total -= len(waiting) - len(others)
                    waiting = others
                if progress:
                    progress(done, total)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        if running:  # interrupted: give the claims back
            Entry.objects.filter(pk__in=[entry.pk for entry in running.values()], extraction_claims__gt=0).update(
                extraction_claimed_until=None, extraction_claims=F("extraction_claims") - 1
            )
    return outcomes


def read_page(url: str, now: datetime) -> Page | Failure:
    """Fetch a page and read its article; touches no database."""
    try:
        response = fetch(
            url,
            accept=ACCEPT,
            max_bytes=MAX_PAGE_BYTES,
            deadline_s=PAGE_DEADLINE_S,
            user_agent=user_agent_of(settings.SITE_URL),
            allowed_addresses=settings.FETCH_ALLOWED_ADDRESSES,
        )
    except FetchFailed as error:
        return Failure(error.code, error.message, error.status, retry_after_wait(error.retry_after, now))
    page = Page(response.headers.get("content-type", ""))
    if not page.is_html:
        return page
    return Page(page.content_type, read_article(response.body, response.url, response.headers))


class _Clock:
    """The time of one run: it began at `now` and goes on with the machine's."""

    def __init__(self, now: datetime) -> None:
        self._now, self._started_s = now, time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._started_s

    def moment(self) -> datetime:
        return self._now + timedelta(seconds=self.seconds())


def _due(now: datetime) -> tuple[dict[int, str], list[tuple[int, str, datetime]]]:
    """The due entries: why no page is asked for, by id; and id, URL and time seen of the others, newest first."""
    reasons: dict[int, str] = {}
    pages: list[tuple[int, str, datetime]] = []
    rows = Entry.objects.extraction_due(now).annotate(body_characters=Length("body")).order_by("-seen_at", "-pk")
    for pk, url, seen_at, body_characters, is_news, claims, feed_url in rows.values_list(
        "pk", "url", "seen_at", "body_characters", "is_news", "extraction_claims", "feed__url"
    ):
        reason = reason_for_no_request(
            url=url,
            body_characters=body_characters,
            is_news=is_news,
            is_recorded=feed_url.startswith(RECORDING_SCHEME),
            claims=claims,
        )
        if reason:
            reasons[pk] = reason
        else:
            pages.append((pk, url, seen_at))
    return reasons, pages


def _claim(entry_id: int, moment: datetime) -> Entry | None:
    if not Entry.objects.claim_extraction(entry_id, moment, moment + CLAIM):
        return None
    return Entry.objects.get(pk=entry_id)


def _found(future: Future[Page | Failure], entry: Entry) -> Page | Failure:
    try:
        return future.result()
    except Exception:
        logger.exception("The page of entry %s (%s) made us fail", entry.pk, entry.url)
        return Failure("internal", "Newsdesk failed on this page; the log says how.")

"""Giving every entry an article: the page's text where it can be had, the feed's own where not.

Pages are fetched and read in threads that never touch the database; outcomes are written by the calling thread, each
in one short transaction. Entries are claimed one by one, so that two workers never read the same page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Length

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from feeds.clock import Clock
from feeds.extracting.articles import adopt_feed_text, adopt_for_reasons, record_verdict
from feeds.extracting.readable import read_article
from feeds.extracting.verdict import Page, PageFailure, reason_for_no_request
from feeds.models import RECORDING_SCHEME, Entry
from feeds.polling.host_claims import HostClaims
from feeds.polling.schedule import retry_after_wait
from feeds.web.ask import FetchFailed, ask_for_page
from feeds.web.pump import Job, Limits, Pump, Work

__all__ = ["adopt_feed_text", "extract_pending"]

logger = logging.getLogger(__name__)

# Longer than a fetch (20 s) and the reading of the worst page (60 s by the clock, one thread after the other).
CLAIM = timedelta(minutes=10)
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
    call_for_help: Callable[[], object] = lambda: None,
) -> int:
    """Give the entries that are due an article, newest first; returns how many got an outcome.

    Entries whose page is not asked for come first, all of them and at once. Of the others at most `limit`, and only
    those seen at or after `since`; after `deadline_s` no new page is begun, and what is left stays due. `progress`
    gets how many pages are done and how many there are; `call_for_help` is called when another run could share them.
    Rows get `now` plus the time passed.
    """
    clock = Clock(now)
    hosts = HostClaims("extract", settings.FETCH_ALLOWED_ADDRESSES)
    reasons, pages = _due(now)
    outcomes = adopt_for_reasons(reasons, now=now)
    jobs = [Job(pk, url) for pk, url, seen_at in pages if since is None or seen_at >= since][:limit]
    urls = {job.key: job.url for job in jobs}
    work = Work(
        claim=lambda pk: _claim(pk, clock.now()) if hosts.claim(urls[pk], clock.now()) else None,
        ask=lambda entry: read_page(entry.url, clock.now()),
        give_back=_give_back,
        call_for_help=call_for_help,
    )
    limits = Limits(workers, deadline_s, settings.FETCH_ALLOWED_ADDRESSES)
    try:
        with Pump(jobs, work, limits, clock, name="extract") as pump:
            for done, (entry, answer) in enumerate(pump.answers(), start=1):
                found = _found(entry, answer)
                outcomes += record_verdict(entry, found, now=clock.now())
                if isinstance(found, PageFailure) and (found.code in HOST_FAILURES or found.status in BUSY_STATUSES):
                    pump.leave_host(entry.url)
                if progress:
                    progress(done, pump.total)
    finally:
        hosts.give_back()
    return outcomes


def read_page(url: str, now: datetime) -> Page | PageFailure:
    """Fetch a page and read its article; touches no database."""
    try:
        response = ask_for_page(url)
    except FetchFailed as error:
        return PageFailure(error.code, error.message, error.status, retry_after_wait(error.retry_after, now))
    page = Page(response.headers.get("content-type", ""))
    if not page.is_html:
        return page
    try:
        return Page(page.content_type, bounded(read_article, response.body, response.url, dict(response.headers)))
    except CutOff as error:
        return PageFailure("cut_off", f"The page could not be read. {error}")


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


def _claim(entry_id: int, now: datetime) -> Entry | None:
    if not Entry.objects.claim_extraction(entry_id, now, now + CLAIM):
        return None
    return Entry.objects.get(pk=entry_id)


def _give_back(entries: list[Entry]) -> None:
    claimed = Entry.objects.filter(pk__in=[entry.pk for entry in entries], extraction_claims__gt=0)
    claimed.update(extraction_claimed_until=None, extraction_claims=F("extraction_claims") - 1)


def _found(entry: Entry, answer: Future[Page | PageFailure]) -> Page | PageFailure:
    try:
        return answer.result()
    except Exception:
        logger.exception("The page of entry %s (%s) made us fail", entry.pk, entry.url)
        return PageFailure("internal", "Newsdesk failed on this page; the log says how.")

"""Run the line once at a start, for the newest digest, and show how it goes."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as NothingInTime
from datetime import datetime

from django.conf import settings

from feeds.extracting.articles import stand_in_feed_text
from feeds.extracting.extract import extract_pending
from feeds.models import RECORDING_SCHEME, Feed
from feeds.polling.poll import FeedPolled, poll_due
from feeds.web.fetch import FetchFailed, fetch
from newsdesk.digests.building.preview import keep_preview
from newsdesk.digests.models import Digest
from newsdesk.digests.publish import publish_due
from newsdesk.digests.window import Hours
from newsdesk.launch.bootstrap import Progress
from newsdesk.launch.report import Report
from newsdesk.stages import Stage, in_line_order
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending

PROBE_S = 5.0
PROBE_FEEDS = 24
# An answer with one of these codes came from somebody.
ANSWERS = frozenset({"http_status", "too_large", "bad_redirect", "too_many_redirects", "bad_response"})
# What the first start may take at most; the worker goes on with the rest.
POLL_S = 60.0
EXTRACT_S = 75.0


def run_line(now: datetime, progress: Progress) -> None:
    """Run every stage once, as far as the newest digest needs it; a stage that fails is left to the worker."""
    hours = Hours.of_settings()
    # The sample publishes its earlier days as well, and its server is near.
    since = None if settings.SAMPLE else hours.window(hours.latest_date(now))[0]
    found = 0

    def polled(feed: FeedPolled, done: int, total: int) -> None:
        nonlocal found
        found += feed.new_entries
        progress.step(f"Polling feed {done} of {total}: {found} entries")

    def extracted(done: int, total: int) -> None:
        progress.step(f"Reading article {done} of {total}")

    def poll() -> None:
        poll_due(now=now, deadline_s=POLL_S, progress=polled)
        progress.say(f"Found {found} entries.")

    def extract() -> None:
        try:
            extract_pending(now=now, since=since, deadline_s=EXTRACT_S, progress=extracted)
        finally:
            if since:
                # A page that was not reached in time must not keep its entry out of the first digest.
                progress.step("Taking feeds' own texts for the rest")
                stand_in_feed_text(since=since, now=now)

    steps: dict[Stage, tuple[str, Callable[[], object]]] = {
        Stage.POLL: ("Polling the feeds", poll),
        Stage.EXTRACT: ("Reading the articles", extract),
        Stage.DEDUPE: ("Looking for copies", lambda: dedupe_pending(now=now)),
        Stage.CLUSTER: ("Finding stories", lambda: cluster_pending(now=now)),
        Stage.CLASSIFY: ("Sorting stories by theme", lambda: classify_pending(now=now)),
        Stage.PUBLISH: ("Writing the digest", lambda: publish_due(now=now)),
    }
    for name, step in in_line_order(steps):
        _run(name, step, progress)
    _run("Putting together the preview of the next one", lambda: keep_preview(now=now), progress)


def _run(name: str, step: Callable[[], object], progress: Progress) -> None:
    """Run one step of the line; where it fails, say so and go on: a site with less is better than none."""
    progress.step(name)
    try:
        step()
    except Exception as error:  # noqa: BLE001  (whatever it was)
        log = settings.DATA_DIR / "logs" / "prepare.log"
        with contextlib.suppress(OSError), log.open("a", encoding="utf-8") as file:  # a full disk, most likely
            traceback.print_exc(file=file)
        progress.say(f"{name} failed ({error}); the worker will try again. The details are in {log}")


def is_anyone_reachable() -> bool:
    """Whether any publisher answers within 5 s; what it answers does not matter."""

    def answers(url: str) -> bool:
        try:
            fetch(url, allowed_addresses=settings.FETCH_ALLOWED_ADDRESSES, deadline_s=PROBE_S)
        except FetchFailed as error:
            return error.code in ANSWERS
        return True

    feeds = Feed.objects.filter(is_active=True).exclude(url__startswith=RECORDING_SCHEME).order_by("?")
    urls = list(feeds.values_list("url", flat=True)[:PROBE_FEEDS])
    pool = ThreadPoolExecutor(PROBE_FEEDS)
    try:
        asked = [pool.submit(answers, url) for url in urls]
        return any(answer.result() for answer in as_completed(asked, timeout=PROBE_S))
    except NothingInTime:
        return False
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def report_newest() -> Report:
    """What the newest published digest of the edition is called and holds."""
    published = Digest.objects.filter(edition__slug=settings.EDITION, state=Digest.State.PUBLISHED)
    digest = published.order_by("-date").first()
    if digest is None:
        return Report()
    return Report(f"the digest of {digest.date.day} {digest.date:%B %Y}", digest.items.in_page_order().count())

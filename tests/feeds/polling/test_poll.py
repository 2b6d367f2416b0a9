from __future__ import annotations

import time
from typing import Any

import pytest

from feeds.models import Entry, Feed
from feeds.polling.poll import FeedPolled, poll_due
from tests.feeds.polling.polls import FEED, HOUR, MINUTE, SLACK, document, feed_at
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply, silence

pytestmark = pytest.mark.django_db


def test_a_due_feed_is_fetched_and_stored(site: Publisher) -> None:
    site.routes["/feed"] = document(1, 2)
    feed = feed_at(site)
    (polled,) = poll_due(now=NOW)
    assert (polled.outcome, polled.new_entries, polled.message) == ("stored", 2, "")
    feed.refresh_from_db()
    assert (feed.title, feed.language, feed.failure_count, feed.claimed_until) == ("Example News", "en-GB", 0, None)
    assert NOW <= feed.succeeded_at <= NOW + SLACK  # type: ignore[operator]
    assert feed.next_poll_at > NOW + 10 * MINUTE
    assert poll_due(now=NOW + MINUTE) == []


def test_only_due_active_and_unclaimed_feeds_are_polled(site: Publisher) -> None:
    feed_at(site, "/later", next_poll_at=NOW + HOUR)
    feed_at(site, "/off", is_active=False)
    feed_at(site, "/taken", claimed_until=NOW + MINUTE)
    make_feed("recording:somewhere")
    abandoned = feed_at(site, "/abandoned", claimed_until=NOW - MINUTE)
    assert [polled.feed_id for polled in poll_due(now=NOW)] == [abandoned.pk]


def test_force_polls_all_active_feeds_and_only_names_some(site: Publisher) -> None:
    later = feed_at(site, "/later", next_poll_at=NOW + HOUR)
    off = feed_at(site, "/off", is_active=False)
    assert [polled.feed_id for polled in poll_due(now=NOW, force=True)] == [later.pk]
    assert [polled.feed_id for polled in poll_due(now=NOW + HOUR, force=True, only=[off.pk])] == [off.pk]


def test_one_bad_feed_does_not_block_the_others(site: Publisher) -> None:
    site.routes["/good"] = document(1)
    site.routes["/page"] = Reply(b"<!doctype html><title>Log in</title>")
    site.routes["/broken"] = Reply(b"<rss><channel><item>", content_type=FEED)
    feeds = {path: feed_at(site, path) for path in ("/page", "/broken", "/missing", "/good")}
    dead = make_feed("http://127.0.0.1:1/feed")
    seen: list[tuple[int, int]] = []
    polled = poll_due(now=NOW, progress=lambda _, done, total: seen.append((done, total)))
    outcomes = {feed.feed_id: feed.outcome for feed in polled}
    assert outcomes.pop(feeds["/good"].pk) == "stored"
    assert set(outcomes.values()) == {"failed"}
    assert seen == [(done, 5) for done in range(1, 6)]
    for feed in Feed.objects.exclude(pk=feeds["/good"].pk):
        assert feed.last_error.endswith(".")
        assert feed.last_error_code
        assert feed.failure_count == 1
        assert feed.next_poll_at > NOW
        assert feed.claimed_until is None
    dead.refresh_from_db()
    assert dead.last_error_code == "blocked_address"


def test_polls_of_one_host_are_spaced(publisher: Publisher, settings: Any) -> None:
    # Reached under a name that is not exempt, so that it is spaced like any other; the guard then refuses it.
    settings.FETCH_ALLOWED_ADDRESSES = frozenset()
    for number in range(3):
        make_feed(publisher.url(f"/{number}"))
    started = time.monotonic()
    assert len(poll_due(now=NOW)) == 3
    assert 2.0 <= time.monotonic() - started < 6.0
    assert publisher.connections == 0


def test_exempt_hosts_are_not_spaced(site: Publisher) -> None:
    for number in range(20):
        site.routes[f"/{number}"] = document(number)
        feed_at(site, f"/{number}")
    started = time.monotonic()
    assert len(poll_due(now=NOW)) == 20
    assert time.monotonic() - started < 5.0
    assert Entry.objects.count() == 20


def test_after_the_deadline_what_is_left_stays_due(site: Publisher) -> None:
    feed_at(site)
    assert poll_due(now=NOW, deadline_s=-1.0) == []
    assert Feed.objects.due(NOW).count() == 1


def test_no_feed_is_polled_twice_at_once(site: Publisher) -> None:
    feed = feed_at(site)
    assert Feed.objects.claim(feed.pk, NOW, NOW + 10 * MINUTE)
    assert not Feed.objects.claim(feed.pk, NOW, NOW + 10 * MINUTE)
    assert poll_due(now=NOW + 9 * MINUTE) == []
    assert len(poll_due(now=NOW + 10 * MINUTE)) == 1


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_an_interrupted_run_gives_its_claims_back(site: Publisher, interrupt: type[BaseException]) -> None:
    def stop(polled: FeedPolled, done: int, total: int) -> None:
        raise interrupt

    site.routes |= {"/good": document(1), "/silent": silence()}
    good, silent = feed_at(site, "/good"), feed_at(site, "/silent")
    with pytest.raises(interrupt):
        poll_due(now=NOW, progress=stop)
    good.refresh_from_db()
    silent.refresh_from_db()
    assert good.succeeded_at is not None
    assert (good.claimed_until, silent.claimed_until, silent.polled_at) == (None, None, None)
    assert silent in Feed.objects.due(NOW)

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.models import Entry, Feed
from feeds.polling.poll import FeedPolled, poll_due
from tests.feeds.documents import item, rss
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply, redirect, silence

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "application/rss+xml"
# `poll_due` adds the time that passed to `now`.
SLACK = timedelta(seconds=30)


def document(*numbers: int, **reply: Any) -> Reply:
    return Reply(rss(*(item(number, date=NOW - HOUR) for number in numbers)), content_type=FEED, **reply)


@pytest.fixture
def site(publisher: Publisher, settings: Any) -> Publisher:
    """A publisher that polls may reach."""
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    return publisher


def feed_at(site: Publisher, path: str = "/feed", **fields: Any) -> Feed:
    return make_feed(site.url(path), **fields)


def poll(now: datetime = NOW, **options: Any) -> FeedPolled:
    (polled,) = poll_due(now=now, force=True, **options)
    return polled


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


def test_a_captive_portal_deletes_nothing_and_keeps_the_validators(site: Publisher) -> None:
    site.routes["/feed"] = document(1, etag='"one"')
    feed = feed_at(site)
    poll()
    site.routes["/feed"] = Reply(b"<html>Log in to the Wi-Fi</html>", etag='"portal"')
    assert poll(NOW + HOUR).outcome == "failed"
    feed.refresh_from_db()
    assert (feed.last_error_code, feed.etag, feed.entries.count()) == ("not_a_feed", '"one"', 1)


def test_a_malformed_feed_is_read_and_marked(site: Publisher) -> None:
    site.routes["/feed"] = Reply(rss(item(1), item(2))[:-40], content_type=FEED, etag='"cut"')
    feed = feed_at(site)
    assert poll().new_entries == 2
    poll(NOW + HOUR)  # a 304: the document is still the malformed one
    feed.refresh_from_db()
    assert (feed.last_error_code, feed.failure_count) == ("malformed", 0)
    site.routes["/feed"] = document(1, 2)
    poll(NOW + 2 * HOUR)
    feed.refresh_from_db()
    assert (feed.last_error_code, feed.last_error) == ("", "")


def test_a_feed_recovers_when_its_server_does(site: Publisher) -> None:
    feed = feed_at(site)
    for hours in range(30):
        assert poll(NOW + hours * DAY).outcome == "failed"
    feed.refresh_from_db()
    assert (feed.failure_count, feed.is_active) == (30, True)
    site.routes["/feed"] = document(1)
    assert poll(NOW + 31 * DAY).outcome == "stored"
    feed.refresh_from_db()
    assert (feed.failure_count, feed.last_error) == (0, "")


def test_gone_stops_a_feed_until_it_is_polled_by_name(site: Publisher) -> None:
    site.routes["/feed"] = Reply(status=410)
    feed = feed_at(site)
    assert "410" in poll().message
    feed.refresh_from_db()
    assert (feed.is_active, feed.last_error_code) == (False, "gone")
    assert poll_due(now=NOW + DAY, force=True) == []
    site.routes["/feed"] = document(1)
    poll(NOW + DAY, only=[feed.pk])
    feed.refresh_from_db()
    assert feed.is_active


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7200", 2 * HOUR, 2 * HOUR),
        ("1000000000", 7 * DAY, 7 * DAY),
        ("-1", 10 * MINUTE, 15 * MINUTE),
        ("soon", 10 * MINUTE, 15 * MINUTE),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_moves_the_next_poll(
    site: Publisher, status: int, header: str, least: timedelta, most: timedelta
) -> None:
    site.routes["/feed"] = Reply(status=status, headers=(("Retry-After", header),))
    feed = feed_at(site)
    poll()
    feed.refresh_from_db()
    assert least <= feed.next_poll_at - NOW <= most + SLACK


class TestValidators:
    """F18: replaced byte for byte on every 200 and 304 that carries them, never invented."""

    @pytest.mark.parametrize("etag", ['"quoted"', 'W/"weak"', "unquoted", '"\xe4"'])
    def test_are_sent_back_as_they_came(self, site: Publisher, etag: str) -> None:
        modified = "Tue, 10 Mar 2026 09:00:00 GMT"
        site.routes["/feed"] = document(1, etag=etag, last_modified=modified)
        feed_at(site)
        poll()
        assert poll(NOW + HOUR).outcome == "unchanged"
        first, second = site.requests
        assert "if-none-match" not in first.headers
        assert second.headers["if-none-match"] == etag
        assert second.headers["if-modified-since"] == modified

    def test_a_new_etag_for_the_same_body_is_taken(self, site: Publisher) -> None:
        site.routes["/feed"] = document(1, etag='"one"')
        feed = feed_at(site)
        poll()
        site.routes["/feed"] = document(1, etag='"two"')
        assert poll(NOW + HOUR).outcome == "unchanged"
        feed.refresh_from_db()
        assert feed.etag == '"two"'

    def test_a_new_body_under_the_same_etag_is_read(self, site: Publisher) -> None:
        site.routes["/feed"] = document(1, headers=(("ETag", '"one"'),))
        feed_at(site)
        poll()
        site.routes["/feed"] = document(1, 2, headers=(("ETag", '"one"'),))
        assert poll(NOW + HOUR).new_entries == 1

    def test_a_304_without_them_leaves_them(self, site: Publisher) -> None:
        feed = feed_at(site, etag='"one"', last_modified="then", succeeded_at=NOW)
        site.routes["/feed"] = Reply(status=304)
        assert poll().outcome == "unchanged"
        feed.refresh_from_db()
        assert (feed.etag, feed.last_modified) == ('"one"', "then")

    def test_a_304_with_a_new_one_replaces_it(self, site: Publisher) -> None:
        feed = feed_at(site, etag='"one"', succeeded_at=NOW)
        site.routes["/feed"] = Reply(status=304, headers=(("ETag", '"two"'),))
        poll()
        feed.refresh_from_db()
        assert feed.etag == '"two"'

    def test_a_200_without_them_ends_them(self, site: Publisher) -> None:
        feed = feed_at(site, etag='"one"', last_modified="then", succeeded_at=NOW)
        site.routes["/feed"] = document(1)
        poll()
        feed.refresh_from_db()
        assert (feed.etag, feed.last_modified) == ("", "")

    def test_a_304_to_a_feed_never_read_is_a_failure(self, site: Publisher) -> None:
        site.routes["/feed"] = Reply(status=304)
        feed_at(site)
        assert poll().outcome == "failed"


class TestMove:
    """F16: the address changes only after a day of valid feeds from the new one."""

    @pytest.fixture
    def feed(self, site: Publisher) -> Feed:
        site.routes.update({"/feed": redirect("/new", status=301), "/new": document(1)})
        return feed_at(site)

    def test_the_address_is_updated_after_a_day_and_its_history_kept(self, site: Publisher, feed: Feed) -> None:
        old, new = site.url("/feed"), site.url("/new")
        for hours, expected in ((0, old), (23, old), (25, new)):
            poll(NOW + hours * HOUR)
            feed.refresh_from_db()
            assert feed.url == expected
        assert feed.moved_to == ""
        feed.publisher.refresh_from_db()
        assert f"from {old} to {new}" in feed.publisher.note
        poll(NOW + 30 * HOUR)
        assert site.paths()[-1] == "/new"

    def test_a_redirect_once_and_back_changes_nothing(self, site: Publisher, feed: Feed) -> None:
        poll()
        site.routes["/feed"] = document(1)
        poll(NOW + HOUR)
        site.routes["/feed"] = redirect("/new", status=301)
        poll(NOW + 25 * HOUR)
        feed.refresh_from_db()
        assert (feed.url, feed.moved_to) == (site.url("/feed"), site.url("/new"))

    def test_a_redirect_to_what_is_no_feed_changes_nothing(self, site: Publisher, feed: Feed) -> None:
        site.routes["/new"] = Reply(b"<html>For sale</html>")
        for hours in (0, 30, 60):
            assert poll(NOW + hours * HOUR).outcome == "failed"
        feed.refresh_from_db()
        assert (feed.url, feed.moved_to) == (site.url("/feed"), "")

    def test_a_redirect_to_a_private_host_is_refused(self, site: Publisher, feed: Feed) -> None:
        site.routes["/feed"] = redirect("http://169.254.169.254/latest", status=301)
        for hours in (0, 30):
            poll(NOW + hours * HOUR)
        feed.refresh_from_db()
        assert (feed.url, feed.moved_to, feed.last_error_code) == (site.url("/feed"), "", "blocked_address")

    def test_the_address_of_another_feed_is_not_taken(self, site: Publisher, feed: Feed) -> None:
        other = feed_at(site, "/new", next_poll_at=NOW + 365 * DAY)
        for hours in (0, 25):
            poll(NOW + hours * HOUR, only=[feed.pk])
        feed.refresh_from_db()
        assert feed.url != other.url
        assert feed.succeeded_at is not None


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

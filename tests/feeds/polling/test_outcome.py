"""What a poll leaves on its feed's row: failures, validators, the next poll, a new address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from feeds.polling.outcome import PollFailure, note_failure
from feeds.polling.poll import poll_due
from tests.feeds.documents import item, rss
from tests.feeds.polling.polls import DAY, FEED, HOUR, MINUTE, SLACK, document, feed_at, poll
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply, redirect

pytestmark = pytest.mark.django_db


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


def test_a_poll_under_way_undoes_nothing_that_an_editor_does(owner: PublisherRow) -> None:
    feed = make_feed("https://news.example/feed", publisher=owner, title="Ours")
    as_polled = Feed.objects.get(pk=feed.pk)
    Feed.objects.filter(pk=feed.pk).update(is_active=False)
    note_failure(as_polled, PollFailure("timeout", "Too slow."), now=NOW)
    feed.refresh_from_db()
    assert (feed.is_active, feed.failure_count) == (False, 1)
    Feed.objects.filter(pk=feed.pk).update(url="https://news.example/new", failure_count=0, last_error="")
    note_failure(as_polled, PollFailure("timeout", "Too slow."), now=NOW)
    feed.refresh_from_db()
    assert (feed.url, feed.failure_count, feed.last_error) == ("https://news.example/new", 0, "")

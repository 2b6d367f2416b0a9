"""However many runs share what is due, one of them asks a host."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.models import HostClaim
from feeds.polling.host_claims import CLAIM, HostClaims
from feeds.polling.poll import poll_due
from tests.feeds.rows import NOW, make_feed

pytestmark = pytest.mark.django_db
ONE, OTHER, NEAR = "https://one.example/a", "https://other.example/a", "http://127.0.0.1:8001/a"


def claims(kind: str = "poll") -> HostClaims:
    return HostClaims(kind, frozenset({"127.0.0.1:8001"}))


def test_a_host_belongs_to_one_run_until_that_gives_it_back() -> None:
    first, second = claims(), claims()
    assert first.claim(ONE, NOW) and first.claim(ONE, NOW)
    assert not second.claim(ONE, NOW)
    assert second.claim(OTHER, NOW) and second.claim(NEAR, NOW) and first.claim(NEAR, NOW)
    first.give_back()
    assert not second.claim(ONE, NOW)  # which has decided to leave it alone
    assert claims().claim(ONE, NOW)
    second.give_back()
    assert HostClaim.objects.count() == 1


def test_pages_and_feeds_of_a_host_do_not_wait_for_each_other() -> None:
    assert claims("poll").claim(ONE, NOW) and claims("extract").claim(ONE, NOW)


def test_what_a_killed_run_left_is_free_after_a_while_and_a_long_run_keeps_its_own() -> None:
    killed, long = claims(), claims()
    assert killed.claim(ONE, NOW) and long.claim(OTHER, NOW)
    assert long.claim(OTHER, NOW + CLAIM - timedelta(seconds=1))
    later = claims()
    assert later.claim(ONE, NOW + CLAIM)
    assert not later.claim(OTHER, NOW + CLAIM)


def test_a_poll_leaves_the_feeds_of_a_host_that_another_run_asks() -> None:
    mine, theirs = make_feed("http://127.0.0.1:1/feed"), make_feed("http://127.0.0.1:2/feed")
    other = claims()
    assert other.claim(theirs.url, NOW)
    assert [polled.feed_id for polled in poll_due(now=NOW)] == [mine.pk]
    theirs.refresh_from_db()
    assert (theirs.polled_at, theirs.claimed_until) == (None, None)
    other.give_back()
    assert [polled.feed_id for polled in poll_due(now=NOW)] == [theirs.pk]
    assert not HostClaim.objects.exists()


def test_who_names_a_feed_waits_for_nobody() -> None:
    feed = make_feed("http://127.0.0.1:2/feed")
    assert claims().claim(feed.url, NOW)
    assert [polled.feed_id for polled in poll_due(now=NOW, only=[feed.pk], force=True)] == [feed.pk]

"""How feeds are doing, in words for editors and for readers, and the filters that find the same feeds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from feeds.catalogue.state import feed_state, publisher_state
from feeds.models import Feed
from feeds.polling.poll import poll_due
from tests.feeds.documents import rss
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Any] = {"last_error": "The server answered with status 403.", "last_error_code": "refused"}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "waiting", "Not polled yet."),
    ({"polled_at": NOW, "failure_count": 1, "last_error": "No name."}, "waiting", "It has not answered yet: No name."),
    ({"polled_at": NOW, "succeeded_at": NOW}, "ok", "It answers."),
    ({"succeeded_at": NOW, "last_error": "Cut off."}, "ok", "It answers: Cut off."),
    (
        {"succeeded_at": NOW, "failure_count": 2, "last_error": "Too slow."},
        "ok",
        "It answered lately, but the last poll failed: Too slow.",
    ),
    (
        {"succeeded_at": NOW, "failure_count": 5, **REFUSED},
        "failing",
        "5 polls in a row failed since 10 Mar 2026, 12:00 UTC: The server answered with status 403.",
    ),
    (
        {"failure_count": 3, "last_error": "No name."},
        "failing",
        "3 polls in a row failed and it has never answered: No name.",
    ),
    ({"is_active": False}, "off", "Switched off."),
    ({"is_active": False, "last_error": "It is gone (410).", "last_error_code": "gone"}, "off", "It is gone (410)."),
]


@pytest.mark.parametrize(("fields", "state", "words"), CASES)
def test_each_state_has_its_words(fields: dict[str, Any], state: str, words: str) -> None:
    found = feed_state(make_feed(**fields))
    assert (found.state, found.words) == (state, words)


def _feed(**fields: object) -> Feed:
    return Feed(**{"url": "https://x.example/feed", "next_poll_at": NOW, **fields})


@pytest.mark.parametrize(
    ("feeds", "state", "words"),
    [
        ([], "off", "No feed is known"),
        ([_feed()], "waiting", "Not polled yet"),
        ([_feed(failure_count=1, last_error="No answer.")], "waiting", "Has not answered yet"),
        ([_feed(succeeded_at=NOW)], "ok", "Answers"),
        (
            [_feed(succeeded_at=NOW, failure_count=1, last_error="No answer.")],
            "ok",
            "Answered lately; the last poll failed",
        ),
        (
            [_feed(succeeded_at=NOW), _feed(failure_count=7, last_error="No answer.")],
            "failing",
            "Failing, 7 times in a row (1 of 2 feeds)",
        ),
        ([_feed(is_active=False, succeeded_at=NOW)], "off", "No longer polled"),
        ([_feed(url="recording:outlet")], "recorded", "Read from a recording, not polled"),
    ],
)
def test_a_publisher_has_one_sentence_for_readers(feeds: list[Feed], state: str, words: str) -> None:
    found = publisher_state(feeds)
    assert (found.state, found.words) == (state, words)


def test_the_filter_finds_what_the_words_say(admin_client: Client) -> None:
    for number, (fields, _, _) in enumerate(CASES):
        make_feed(f"https://news.example/{number}", **fields)
    for state in ("ok", "waiting", "failing", "off"):
        page = admin_client.get("/admin/feeds/feed/", {"state": state})
        found = {feed.url for feed in page.context["cl"].result_list}
        assert found == {feed.url for feed in Feed.objects.all() if feed_state(feed).state == state}
        assert found


def test_a_feed_that_refuses_programs_and_an_empty_one_are_marked(
    publisher: Publisher, settings: Any, admin_client: Client
) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/blocked"] = Reply(b"Prove that you are human.", status=403)
    publisher.routes["/empty"] = Reply(rss(), content_type="application/rss+xml", etag='"1"')
    blocked, empty = make_feed(publisher.url("/blocked")), make_feed(publisher.url("/empty"))
    for _ in range(2):  # the second answer of the empty one is a 304
        poll_due(now=NOW, force=True)
    blocked.refresh_from_db()
    empty.refresh_from_db()
    assert (feed_state(blocked).mark, blocked.last_error_code) == ("blocked", "refused")
    assert (feed_state(empty).mark, feed_state(empty).words) == ("empty", "It answers: The feed holds no entry.")
    page = admin_client.get("/admin/feeds/feed/", {"trouble": "refused"})
    assert [feed.pk for feed in page.context["cl"].result_list] == [blocked.pk]

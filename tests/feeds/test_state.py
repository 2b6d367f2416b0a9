"""A feed's health in words, and the filters that find the same feeds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from feeds.admin.lists import SEARCHED_ENTRIES
from feeds.catalogue.state import standing_of
from feeds.models import Entry, Feed
from feeds.polling.poll import poll_due
from feeds.polling.store import store
from tests.feeds.documents import rss
from tests.feeds.rows import NOW, make_feed, parsed_entry, parsed_feed
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
    standing = standing_of(make_feed(**fields))
    assert (standing.state, standing.words) == (state, words)


def test_the_filter_finds_what_the_words_say(admin_client: Client) -> None:
    for number, (fields, _, _) in enumerate(CASES):
        make_feed(f"https://news.example/{number}", **fields)
    for state in ("ok", "waiting", "failing", "off"):
        page = admin_client.get("/admin/feeds/feed/", {"state": state})
        found = {feed.url for feed in page.context["cl"].result_list}
        assert found == {feed.url for feed in Feed.objects.all() if standing_of(feed).state == state}
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
    assert (standing_of(blocked).mark, blocked.last_error_code) == ("blocked", "refused")
    assert (standing_of(empty).mark, standing_of(empty).words) == ("empty", "It answers: The feed holds no entry.")
    page = admin_client.get("/admin/feeds/feed/", {"trouble": "refused"})
    assert [feed.pk for feed in page.context["cl"].result_list] == [blocked.pk]


def test_entries_are_found_by_feed_by_words_and_by_address(admin_client: Client) -> None:
    one, other = make_feed("https://a.example/feed"), make_feed("https://b.example/feed")
    store(one, parsed_feed(parsed_entry(1, title="Tarn opens a shop"), parsed_entry(2, title="A shop closes")), now=NOW)
    store(other, parsed_feed(parsed_entry(3, title="Tarn moves")), now=NOW)

    def found(**query: str) -> set[str]:
        page = admin_client.get("/admin/feeds/entry/", query)
        assert page.status_code == 200
        return {entry.title for entry in page.context["cl"].result_list}

    assert found(feed=str(one.pk)) == {"Tarn opens a shop", "A shop closes"}
    assert found(q="tarn") == {"Tarn opens a shop", "Tarn moves"}
    assert found(q="shop tarn") == {"Tarn opens a shop"}
    assert found(q="tarn", feed=str(other.pk)) == {"Tarn moves"}
    assert found(q="https://news.example/2?utm_source=x") == {"A shop closes"}
    assert found(feed="x") == set()
    assert len(found(feed="")) == Entry.objects.count() < SEARCHED_ENTRIES

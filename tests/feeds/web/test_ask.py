"""What reaches a publisher of a request made as the settings say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from feeds.web.ask import MAX_PAGE_BYTES, FetchFailed, Response, ask_for_feed, ask_for_page
from tests.servers.publisher import Publisher, Reply, silence


@pytest.fixture(autouse=True)
def site(publisher: Publisher, settings: Settings) -> Publisher:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    settings.SITE_URL = "https://desk.example"
    publisher.routes["/"] = b"here"
    return publisher


@pytest.mark.parametrize(("ask", "wanted"), [(ask_for_feed, "application/atom+xml"), (ask_for_page, "text/html")])
def test_we_say_who_we_are_and_what_we_want(site: Publisher, ask: Callable[[str], Response], wanted: str) -> None:
    assert ask(site.url()).body == b"here"
    (request,) = site.requests
    assert request.headers["user-agent"] == "Newsdesk/0.1 (+https://desk.example)"
    assert request.headers["accept"].startswith(wanted)
    assert "if-none-match" not in request.headers


def test_a_feeds_validators_are_sent(site: Publisher) -> None:
    site.routes["/"] = Reply(b"here", etag='"one"')
    assert ask_for_feed(site.url(), etag='"one"', last_modified="then").status == 304
    headers = site.requests[0].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"one"', "then")


@pytest.mark.parametrize("ask", [ask_for_feed, ask_for_page])
def test_the_settings_open_no_other_private_address(
    site: Publisher, settings: Settings, ask: Callable[[str], Response]
) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset()
    with pytest.raises(FetchFailed, match="blocked_address"):
        ask(site.url())
    assert site.connections == 0


def test_a_page_may_be_smaller_than_a_feed(site: Publisher) -> None:
    site.routes["/"] = b" " * (MAX_PAGE_BYTES + 1)
    assert len(ask_for_feed(site.url()).body) == MAX_PAGE_BYTES + 1
    with pytest.raises(FetchFailed, match="too_large"):
        ask_for_page(site.url())


def test_a_caller_who_waits_shortens_the_deadline(site: Publisher) -> None:
    site.routes["/"] = silence()
    with pytest.raises(FetchFailed, match="timeout"):
        ask_for_feed(site.url(), deadline_s=0.2)

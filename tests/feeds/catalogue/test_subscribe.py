"""Adding a feed: found at an address or named by its page, kept with its publisher."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management.base import CommandError

from feeds.models import Feed
from tests.feeds.commands import run
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply, redirect

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(publisher: Publisher, settings: Any) -> Publisher:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/feed"] = Reply(rss(item(1), item(2)), content_type="application/rss+xml")
    return publisher


class TestAddFeed:
    def test_a_feed_is_read_and_kept(self, site: Publisher) -> None:
        out, _ = run("add_feed", site.url("/feed"))
        feed = Feed.objects.get()
        assert (feed.url, feed.title, feed.publisher.name) == (site.url("/feed"), "Example News", "Example News")
        assert feed.publisher.slug == "news-example"
        assert "2 entries" in out
        assert "Already there" in run("add_feed", site.url("/feed"))[0]

    def test_a_page_leads_to_its_feed(self, site: Publisher) -> None:
        site.routes["/"] = b"""<html><head><link rel="alternate" type="text/html" href="/print">
            <link rel="alternate" type="application/rss+xml" href="/missing">
            <link rel="alternate" type="application/rss+xml" title="All" href="feed"></head></html>"""
        out, _ = run("add_feed", site.url("/"))
        assert Feed.objects.get().url == site.url("/feed")
        assert site.url("/feed") in out

    def test_a_permanent_redirect_is_followed_for_good(self, site: Publisher) -> None:
        site.routes["/old"] = redirect("/feed", status=301)
        site.routes["/today"] = redirect("/feed", status=302)
        run("add_feed", site.url("/old"))
        assert Feed.objects.get().url == site.url("/feed")
        run("add_feed", site.url("/today"))
        assert Feed.objects.count() == 2

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"<html><p>No feed here</p></html>", "web page"),
            (b"<rss><channel><item>", "broken"),
            (b"", "empty"),
            (b'{"a": 1}', "not a JSON Feed"),
            (b'<html><link rel="alternate" type="application/rss+xml" href="/gone">', "cannot be read"),
        ],
    )
    def test_what_is_no_feed_gives_one_sentence(self, site: Publisher, body: bytes, words: str) -> None:
        site.routes["/x"] = body
        with pytest.raises(CommandError, match=words) as caught:
            run("add_feed", site.url("/x"))
        assert "\n" not in str(caught.value)
        assert not Feed.objects.exists()

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "nonsense", "http://127.0.0.1:1/feed", "ftp://e.example/"])
    def test_an_address_that_cannot_be_reached_gives_one_sentence(self, url: str) -> None:
        with pytest.raises(CommandError):
            run("add_feed", url)

"""An address tried before a feed is kept: what it holds, or why it is refused."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from tests.feeds.desk import ADD, FEED, form
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply, redirect

pytestmark = pytest.mark.django_db


def test_a_trial_shows_what_is_there_keeps_nothing_and_saves_a_second_fetch(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    page = desk.post(ADD, form(owner, site.url("/feed"), _test="Test the address"))
    assert "Example Weekly" in page.text
    assert "2 entries" in page.text
    assert page.text.index("The second") < page.text.index("The first")
    assert "errornote" not in page.text
    assert not Feed.objects.exists()
    shown = page.context["adminform"].form
    kept = form(owner, shown["url"].value(), title=shown["title"].value(), tried=shown["tried"].value(), _save="Save")
    desk.post(ADD, kept)
    assert Feed.objects.get().title == "Example Weekly"
    assert site.paths() == ["/feed"]


def test_what_is_no_feed_is_refused_with_what_its_page_offers(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    ticked = form(owner, site.url("/"), save_unanswered="on", _save="Save")
    page = desk.post(ADD, ticked)
    assert not Feed.objects.exists()
    assert "It is not a feed" in page.text
    assert f'name="_use" value="{site.url("/feed")}"' in page.text
    assert f'name="_use" value="{site.url("/atom")}"' in page.text
    chosen = desk.post(ADD, form(owner, site.url("/"), _use=site.url("/feed")))
    assert chosen.context["adminform"].form["url"].value() == site.url("/feed")
    assert not Feed.objects.exists()


def test_a_silent_feed_is_kept_only_with_the_tick(desk: Client, site: Publisher, owner: PublisherRow) -> None:
    site.routes["/blocked"] = Reply(b"No robots", status=403)
    page = desk.post(ADD, form(owner, site.url("/blocked"), _save="Save"))
    assert "The server answered with status 403." in page.text
    assert not Feed.objects.exists()
    desk.post(ADD, form(owner, site.url("/blocked"), save_unanswered="on", _save="Save"))
    assert Feed.objects.get().url == site.url("/blocked")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/feed", "http://169.254.169.254/", "http://[::1]/feed", "http://2130706433/"]
)
@pytest.mark.parametrize("button", ["_save", "_test", "_use"])
def test_private_addresses_are_refused_whatever_is_ticked(
    desk: Client, site: Publisher, owner: PublisherRow, url: str, button: str
) -> None:
    value = url if button == "_use" else "x"
    page = desk.post(ADD, form(owner, url, save_unanswered="on", **{button: value}))
    assert page.status_code == 200
    assert "feed-trial" in page.text
    assert not Feed.objects.exists()
    assert site.connections == 0


def test_a_redirect_to_a_private_address_is_refused_too(desk: Client, site: Publisher, owner: PublisherRow) -> None:
    site.routes["/moved"] = redirect("http://127.0.0.1:9/feed")
    desk.post(ADD, form(owner, site.url("/moved"), save_unanswered="on", _save="Save"))
    assert not Feed.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/feed", "http://", "a b"])
def test_what_is_no_web_address_is_refused(desk: Client, owner: PublisherRow, url: str) -> None:
    page = desk.post(ADD, form(owner, url, save_unanswered="on", _save="Save"))
    assert page.status_code == 200
    assert not Feed.objects.exists()


def test_hostile_feed_text_is_shown_as_text(desk: Client, site: Publisher, owner: PublisherRow) -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}"
    site.routes["/feed"] = Reply(rss(item(1, title=hostile), title=hostile), content_type=FEED)
    page = desk.post(ADD, form(owner, site.url("/feed"), _test="1"))
    assert "<script>alert" not in page.text
    assert "{{ 7*7 }}" in page.text

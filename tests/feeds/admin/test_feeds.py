"""Feeds at the desk: tried before they are kept, polled on request, every change noted, nobody let past his rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from feeds.polling.poll import poll_due
from newsdesk.journal.models import Change
from tests.feeds.desk import ADD, change_url, editor, form
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, redirect

pytestmark = pytest.mark.django_db


def test_a_feed_is_read_once_before_it_is_kept(desk: Client, site: Publisher, owner: PublisherRow) -> None:
    page = desk.post(ADD, form(owner, site.url("/feed"), _save="Save"), follow=True)
    assert "read as a feed before it was saved" in page.text
    assert site.paths() == ["/feed"]
    feed = Feed.objects.get()
    assert (feed.url, feed.title, feed.language, feed.publisher) == (
        site.url("/feed"),
        "Example Weekly",
        "en-GB",
        owner,
    )
    assert feed.next_poll_at <= timezone.now()
    change = Change.objects.get()
    assert (change.verb, change.subject, change.before) == ("feed.add", f"feed {feed.pk}", {})
    assert change.after["publisher"] == "example"
    assert change.actor_name.startswith("person")


def test_a_permanent_move_is_followed_and_a_known_feed_is_not_kept_twice(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    site.routes["/old"] = redirect("/feed", 301)
    desk.post(ADD, form(owner, site.url("/old"), _save="Save"))
    assert Feed.objects.get().url == site.url("/feed")
    for button in ("_save", "_test"):
        page = desk.post(ADD, form(owner, site.url("/feed"), **{button: "x"}))
        assert "This feed is here already." in page.text
    assert "already exists" in desk.post(ADD, form(owner, site.url("/old"), _save="Save")).text
    assert Feed.objects.count() == 1


def test_the_fetch_is_outside_of_any_transaction(
    desk: Client, site: Publisher, owner: PublisherRow, transactional_db: None
) -> None:
    seen: list[bool] = []
    document = site.routes["/feed"]

    def answer(_: object) -> Any:
        with connection.cursor() as cursor:  # a connection of the server's own thread
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "SELECT 1")
            cursor.execute("ROLLBACK")
        connection.close()
        seen.append(True)
        return document

    site.routes["/feed"] = answer
    desk.post(ADD, form(owner, site.url("/feed"), _save="Save"))
    assert seen == [True]
    assert Feed.objects.count() == 1


def test_poll_now_makes_a_feed_due_and_the_line_polls_it(desk: Client, site: Publisher) -> None:
    feed = make_feed(site.url("/feed"), next_poll_at=timezone.now() + timedelta(days=1))
    page = desk.get(change_url(feed))
    assert f'action="/admin/feeds/feed/{feed.pk}/poll/"' in page.text
    desk.post(f"/admin/feeds/feed/{feed.pk}/poll/")
    assert [polled.feed_id for polled in poll_due(now=timezone.now())] == [feed.pk]
    assert desk.get(f"/admin/feeds/feed/{feed.pk}/poll/").status_code == 405


def test_the_selected_feeds_are_polled_now_but_not_those_that_are_off(desk: Client) -> None:
    later = timezone.now() + timedelta(days=1)
    one, off = (
        make_feed("https://a.example/f", next_poll_at=later),
        make_feed("https://b.example/f", next_poll_at=later),
    )
    Feed.objects.filter(pk=off.pk).update(is_active=False)
    chosen = {"action": "poll_now", "_selected_action": [one.pk, off.pk]}
    page = desk.post("/admin/feeds/feed/", chosen, follow=True)
    assert "1 feed made due" in page.text
    assert list(Feed.objects.filter(next_poll_at__lt=later)) == [one]


@pytest.mark.parametrize("rights", [(), ("view_feed",)])
def test_without_the_right_nothing_is_fetched_changed_or_offered(
    site: Publisher, owner: PublisherRow, rights: tuple[str, ...]
) -> None:
    feed = make_feed(publisher=owner, next_poll_at=NOW + timedelta(days=3650))
    viewer = editor(*rights)
    for path in (ADD, change_url(feed)):
        for button in ("_save", "_test"):
            assert viewer.post(path, form(owner, site.url("/feed"), **{button: "x"})).status_code == 403
    assert viewer.post(f"/admin/feeds/feed/{feed.pk}/poll/").status_code == 403
    viewer.post("/admin/feeds/feed/", {"action": "poll_now", "_selected_action": [feed.pk]})
    feed.refresh_from_db()
    assert (feed.next_poll_at, Feed.objects.count(), site.connections) == (NOW + timedelta(days=3650), 1, 0)
    if rights:
        page = viewer.get(change_url(feed)).text
        assert "Poll now" not in page
        assert "Test the address" not in page
        assert "although it does not answer" not in page


def test_posts_need_a_token(owner: PublisherRow) -> None:
    feed = make_feed(publisher=owner)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root", password="x"))
    for path in (ADD, change_url(feed), f"/admin/feeds/feed/{feed.pk}/poll/"):
        assert client.post(path, form(owner, "https://a.example/feed")).status_code == 403


def test_a_feed_of_a_recording_keeps_its_address(desk: Client, owner: PublisherRow) -> None:
    feed = make_feed("recording:x/y", publisher=owner, title="Recorded")
    page = desk.post(change_url(feed), {"publisher": str(owner.pk), "title": "Renamed", "_save": "Save"})
    assert page.status_code == 302
    feed.refresh_from_db()
    assert (feed.url, feed.title) == ("recording:x/y", "Renamed")


def test_lists_cost_the_same_however_many_rows_there_are(admin_client: Client, owner: PublisherRow) -> None:
    def count(model: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(reverse(f"admin:feeds_{model}_changelist")).status_code == 200
        assert not [query for query in captured if "COUNT(" in query["sql"] and "LIMIT" not in query["sql"]]
        return len(captured)

    make_feed("https://a.example/0", publisher=owner)
    few = {model: count(model) for model in ("publisher", "feed")}
    for number in range(1, 30):
        another = PublisherRow.objects.create(slug=f"p{number}", name=f"P {number}")
        make_feed(f"https://a.example/{number}", publisher=another)
    assert {model: count(model) for model in few} == few

"""What editors change on feeds and publishers: only that, and with a note."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from newsdesk.journal.models import Change
from tests.feeds.desk import change_url, form
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.django_db


def test_a_new_address_starts_afresh_and_an_old_one_is_not_fetched(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    feed = make_feed(
        "https://gone.example/feed",
        publisher=owner,
        title="Ours",
        etag='"1"',
        succeeded_at=NOW,
        failure_count=9,
        last_error="The server answered with status 404.",
        last_error_code="http_status",
        next_poll_at=timezone.now() + timedelta(days=3),
    )
    desk.post(change_url(feed), form(owner, feed.url, title="Theirs", _save="Save"))
    assert site.paths() == []
    (renamed,) = Change.objects.all()
    assert (renamed.before, renamed.after) == ({"title": "Ours"}, {"title": "Theirs"})
    desk.post(change_url(feed), form(owner, site.url("/feed"), title="Theirs", _save="Save"))
    feed.refresh_from_db()
    assert (feed.url, feed.title, feed.language) == (site.url("/feed"), "Theirs", "en-GB")
    assert (feed.etag, feed.failure_count, feed.last_error, feed.succeeded_at) == ("", 0, "", None)
    assert feed.next_poll_at <= timezone.now()
    moved = Change.objects.latest("id")
    assert moved.before["url"] == "https://gone.example/feed"


def test_saving_what_is_so_already_notes_nothing(desk: Client, owner: PublisherRow) -> None:
    feed = make_feed("https://news.example/feed", publisher=owner, title="Ours")
    desk.post(change_url(feed), form(owner, feed.url, title="Ours", _save="Save"))
    assert not Change.objects.exists()


def test_what_a_poll_wrote_meanwhile_is_kept(desk: Client, owner: PublisherRow) -> None:
    feed = make_feed("https://news.example/feed", publisher=owner, title="Ours", etag='"1"')
    client_form = form(owner, feed.url, title="Theirs", _save="Save")
    Feed.objects.filter(pk=feed.pk).update(etag='"2"', failure_count=1, polled_at=NOW)
    desk.post(change_url(feed), client_form)
    feed.refresh_from_db()
    assert (feed.title, feed.etag, feed.failure_count, feed.polled_at) == ("Theirs", '"2"', 1, NOW)


def test_a_publisher_is_kept_with_a_note(desk: Client) -> None:
    fields = {
        "name": "Small Paper", "slug": "small-paper", "homepage": "https://small.example/", "owner_group": "",
        "kind": "report", "standing": "0.5", "language": "en", "note": "",
    }  # fmt: skip
    desk.post("/admin/feeds/publisher/add/", fields)
    row = PublisherRow.objects.get()
    desk.post(reverse("admin:feeds_publisher_change", args=[row.pk]), {**fields, "owner_group": "Big Group"})
    added, changed = Change.objects.order_by("id")
    assert (added.verb, added.subject) == ("publisher.add", "publisher small-paper")
    assert (changed.verb, changed.before, changed.after) == (
        "publisher.change",
        {"owner_group": ""},
        {"owner_group": "Big Group"},
    )

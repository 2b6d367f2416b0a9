"""Feeds at the desk: tried before they are kept, polled on request, every change noted, nobody let past his rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from feeds.polling.outcome import PollFailure, note_failure
from feeds.polling.poll import poll_due
from newsdesk.journal.models import Change
from tests.feeds.documents import item, rss
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply, redirect

pytestmark = pytest.mark.django_db

FEED = "application/rss+xml"
ADD = "/admin/feeds/feed/add/"
PAGE = (
    b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">'
    b'<link rel="alternate" type="application/atom+xml" href="/atom">'
)


@pytest.fixture
def site(publisher: Publisher, settings: Settings) -> Iterator[Publisher]:
    """A publisher whose address is exempt from the guard, with one good feed."""
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    dated = item(1, title="The first", date="Tue, 10 Mar 2026 09:00:00 GMT")
    newer = item(2, title="The second", date="Tue, 10 Mar 2026 11:00:00 GMT")
    publisher.routes["/feed"] = Reply(rss(dated, newer, title="Example Weekly"), content_type=FEED)
    publisher.routes["/"] = Reply(PAGE)
    yield publisher


@pytest.fixture
def owner() -> PublisherRow:
    return PublisherRow.objects.create(slug="example", name="Example")


def editor(*rights: str) -> Client:
    """Somebody logged in with these rights on publishers and feeds."""
    user = User.objects.create_user(f"person{User.objects.count()}", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="feeds"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> Client:
    return editor("view_feed", "add_feed", "change_feed", "view_publisher", "add_publisher", "change_publisher")


def form(owner: PublisherRow, url: str, **fields: str) -> dict[str, str]:
    return {"publisher": str(owner.pk), "url": url, "title": "", "is_active": "on", **fields}


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


def test_the_word_of_a_trial_counts_for_its_own_address_and_not_when_forged(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    page = desk.post(ADD, form(owner, site.url("/feed"), _test="1"))
    token = page.context["adminform"].form["tried"].value()
    for tried in (token, "forged:token"):
        page = desk.post(ADD, form(owner, site.url("/"), tried=tried, _save="Save"))
        assert page.status_code == 200
    assert not Feed.objects.exists()


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


def change_url(feed: Feed) -> str:
    return reverse("admin:feeds_feed_change", args=[feed.pk])


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


def test_a_feed_of_a_recording_keeps_its_address(desk: Client, owner: PublisherRow) -> None:
    feed = make_feed("recording:x/y", publisher=owner, title="Recorded")
    page = desk.post(change_url(feed), {"publisher": str(owner.pk), "title": "Renamed", "_save": "Save"})
    assert page.status_code == 302
    feed.refresh_from_db()
    assert (feed.url, feed.title) == ("recording:x/y", "Renamed")


def test_hostile_feed_text_is_shown_as_text(desk: Client, site: Publisher, owner: PublisherRow) -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}"
    site.routes["/feed"] = Reply(rss(item(1, title=hostile), title=hostile), content_type=FEED)
    page = desk.post(ADD, form(owner, site.url("/feed"), _test="1"))
    assert "<script>alert" not in page.text
    assert "{{ 7*7 }}" in page.text


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

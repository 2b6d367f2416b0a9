"""What a start does to the data before it serves."""

from __future__ import annotations

import socket
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import timezone

from feeds.models import Feed, Publisher
from newsdesk.launch.claims import release_claims
from newsdesk.launch.editor import make_first_editor
from newsdesk.launch.first_line import is_anyone_reachable
from newsdesk.lease import take_lease
from newsdesk.sample.home import SampleHome, renew_sample
from tests.servers.publisher import Publisher as Server
from tests.servers.publisher import Reply


def make_feed(url: str, **fields: object) -> Feed:
    outlet = Publisher.objects.create(slug=f"outlet-{Publisher.objects.count()}", name="Outlet")
    return Feed.objects.create(publisher=outlet, url=url, next_poll_at=timezone.now(), **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [200, 404, 503])
def test_whoever_answers_at_all_is_reachable(publisher: Server, status: int) -> None:
    publisher.routes["/feed"] = Reply(b"", status=status)
    make_feed("http://127.0.0.1:9/feed")
    make_feed(publisher.url("/feed"))
    with override_settings(FETCH_ALLOWED_ADDRESSES=frozenset({publisher.address, "127.0.0.1:9"})):
        assert is_anyone_reachable()


@pytest.mark.django_db
def test_nobody_is_reachable(publisher: Server) -> None:
    publisher.routes["/feed"] = Reply(b"")
    make_feed("http://127.0.0.1:9/feed")
    make_feed(publisher.url("/feed"), is_active=False)
    with override_settings(FETCH_ALLOWED_ADDRESSES=frozenset({publisher.address, "127.0.0.1:9"})):
        assert not is_anyone_reachable()


@pytest.mark.django_db
def test_an_editor_is_made_once() -> None:
    password = make_first_editor()
    editor = get_user_model().objects.get(username="editor")
    assert editor.check_password(password)
    assert editor.is_superuser
    assert make_first_editor() == ""
    assert editor.check_password(password)


@pytest.mark.django_db
def test_what_killed_processes_held_is_given_back() -> None:
    now = timezone.now()
    feed = make_feed("http://127.0.0.1:9/feed", claimed_until=now + timedelta(minutes=9))
    assert take_lease("cluster", "killed", now=now, duration=timedelta(minutes=1))
    release_claims(now)
    assert feed in Feed.objects.due(timezone.now())
    assert take_lease("cluster", "new", now=timezone.now(), duration=timedelta(minutes=1))


def test_the_sample_of_today_is_kept(tmp_path: Path) -> None:
    said: list[str] = []
    first = renew_sample(tmp_path, date(2026, 3, 10), said.append)
    (tmp_path / "newsdesk.sqlite3").touch()
    assert renew_sample(tmp_path, date(2026, 3, 10), said.append) == first
    assert (tmp_path / "newsdesk.sqlite3").exists()
    assert not said


def test_the_sample_of_another_day_is_made_anew(tmp_path: Path) -> None:
    said: list[str] = []
    renew_sample(tmp_path, date(2026, 3, 10), said.append)
    for name in ("newsdesk.sqlite3", "newsdesk.sqlite3-wal", "secret_key"):
        (tmp_path / name).touch()
    assert renew_sample(tmp_path, date(2026, 3, 11), said.append).day == "2026-03-11"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["sample.json", "secret_key"]
    assert said == ["The sample is of another day: making a new one."]


def test_a_sample_whose_port_was_taken_is_made_anew(tmp_path: Path) -> None:
    said: list[str] = []
    first = renew_sample(tmp_path, date(2026, 3, 10), said.append)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first.port))
        other.listen()
        second = renew_sample(tmp_path, date(2026, 3, 10), said.append)
    assert second != first
    assert f"needs port {first.port}" in said[0]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"day": 1}'])
def test_a_broken_note_about_the_sample_is_no_note(tmp_path: Path, content: str) -> None:
    (tmp_path / "sample.json").write_text(content, encoding="utf-8")
    assert isinstance(renew_sample(tmp_path, date(2026, 3, 10), print), SampleHome)

"""Readers' pages that are kept: which, for how long, and what a reader sees of them while the database is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from newsdesk.digests.models import Digest
from newsdesk.journal.note import note_change
from newsdesk.site.keeping.middleware import KeptPages
from newsdesk.site.keeping.pages import is_kept, kept_paths, read_kept
from newsdesk.site.keeping.refresh import Shelf
from newsdesk.site.keeping.turns import FRESH_S, RUSH_REQUESTS, Turns
from newsdesk.stories.models import Story
from tests.access.people import client_of
from tests.site import rows
from tests.site.invented import invented_digest

pytestmark = pytest.mark.django_db
DIGEST = "/2026/03/25/"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield


def away(*_: object) -> None:
    raise OperationalError("no answer")


def get_without_database(client: Client, path: str, **headers: str) -> tuple[int, str]:
    with connection.execute_wrapper(away):
        response = client.get(path, headers=headers)
    return response.status_code, response.text


def test_a_page_that_was_read_is_served_again_and_no_other(client: Client) -> None:
    digest = invented_digest()
    page = client.get(DIGEST)
    assert get_without_database(client, DIGEST) == (200, page.text)
    assert get_without_database(client, DIGEST, **{"If-None-Match": page.headers["ETag"]}) == (304, "")
    assert "no-store" not in client.get(DIGEST).headers["Cache-Control"]
    status, words = get_without_database(client, "/2026/03/24/")
    assert (status, "Back in a moment" in words) == (503, True)
    # What is made anew takes its place.
    Digest.objects.filter(pk=digest.pk).update(title="Another title")
    client.get(DIGEST)
    assert "Another title" in get_without_database(client, DIGEST)[1]


def test_what_is_private_or_asked_for_with_words_is_never_kept(client: Client) -> None:
    digest = invented_digest()
    editor = client_of("superuser")
    for path in (f"/drafts/{digest.pk}/", "/admin/", "/preview/", "/search/?q=chips", "/newsletter/", f"{DIGEST}?x=1"):
        assert editor.get(path).status_code == 200
    assert list(kept_paths()) == []
    with connection.execute_wrapper(away):
        for path in ("/preview/", "/newsletter/", "/search/?q=chips"):
            response = client.get(path)
            assert response.status_code in (200, 503)  # some forms need no database
    assert list(kept_paths()) == []


def test_an_outage_that_is_met_before_any_view_is_no_fault_either(client: Client) -> None:
    editor = client_of("superuser")
    editor.raise_request_exception = False
    with connection.execute_wrapper(away):
        for path in ("/admin/", "/admin/health/"):
            response = editor.get(path)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        response = editor.post("/admin/login/", {"username": "superuser", "password": "x"})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert response.headers["Cache-Control"] == "no-store"


def test_what_readers_may_not_see_any_more_is_dropped(client: Client) -> None:
    story = rows.make_story()
    path = f"/story/{story.public_id}/"
    assert client.get(path).status_code == 200
    assert is_kept(path)
    Story.objects.filter(pk=story.pk).update(is_hidden=True)
    assert client.get(path).status_code == 404
    assert get_without_database(client, path)[0] == 503


def test_a_request_for_another_host_drops_nothing(client: Client) -> None:
    invented_digest()
    client.get(DIGEST)
    assert client.get(DIGEST, headers={"Host": "elsewhere.example"}).status_code == 400
    assert is_kept(DIGEST)


def test_a_published_digest_is_kept_before_anybody_reads_it_and_an_act_at_the_desk_renews_it(client: Client) -> None:
    digest, story = invented_digest(), rows.make_story()
    shelf = Shelf()
    shelf.tend()
    for path in ("/", DIGEST, "/2026/03/25.json", "/2026/03/25.txt", "/feed.xml", "/archive/"):
        status, words = get_without_database(client, path)
        assert (status, bool(words)) == (200, True), path
    client.get(f"/story/{story.public_id}/")
    Digest.objects.filter(pk=digest.pk).update(title="A corrected title")
    Story.objects.filter(pk=story.pk).update(is_hidden=True)
    note_change("digest.correct", "digest daily 2026-03-25", actor=None, now=timezone.now())
    # Nobody has looked since; a start of the web process looks first.
    Shelf().tend()
    assert "A corrected title" in get_without_database(client, "/")[1]
    assert get_without_database(client, f"/story/{story.public_id}/")[0] == 503
    # A digest that is withdrawn goes with all its forms.
    Digest.objects.filter(pk=digest.pk).update(state=Digest.State.DRAFT, published_at=None)
    Shelf().tend()
    assert [path for path in kept_paths() if path.startswith("/2026")] == []


def test_a_start_where_nothing_was_done_keeps_what_readers_had_read(client: Client) -> None:
    story = rows.make_story()
    rows.make_digest()
    Shelf().tend()
    client.get(f"/story/{story.public_id}/")
    Shelf().tend()
    assert is_kept(f"/story/{story.public_id}/")


def test_a_page_that_a_broken_disk_tore_is_no_page(client: Client, tmp_path: Path) -> None:
    invented_digest()
    client.get(DIGEST)
    (file,) = (tmp_path / "published").glob("*.page")
    whole = file.read_bytes()
    for torn in (b"", whole[:-10], whole[:20], b"\0" * len(whole)):
        file.write_bytes(torn)
        assert read_kept(DIGEST) is None
        assert get_without_database(client, DIGEST)[0] == 503


def test_a_fault_of_ours_is_no_outage(client: Client) -> None:
    rows.make_digest(day=date(2026, 3, 25))

    def nonsense(*_: object) -> None:
        raise ValueError("a fault of ours")

    client.raise_request_exception = False
    client.get(DIGEST)
    with connection.execute_wrapper(nonsense):
        assert client.get(DIGEST).status_code == 500


def test_readers_who_come_at_once_share_the_making_and_nobody_gets_what_began_before_they_asked() -> None:
    turns: Turns[int] = Turns()
    made: list[int] = []
    may_end = threading.Event()

    def make() -> int:
        made.append(len(made))
        may_end.wait(30)
        return made[-1]

    with ThreadPoolExecutor(30) as pool:
        first = pool.submit(turns.share, "/", make)
        while not made:
            time.sleep(0.001)
        others = [pool.submit(turns.share, "/", make) for _ in range(29)]
        while turns._places["/"].people < 30:
            time.sleep(0.001)
        may_end.set()
        assert first.result() == 0
        assert {other.result() for other in others} == {1}
    assert made == [0, 1]


def test_in_a_rush_a_page_serves_for_a_second_and_out_of_it_for_nobody_else() -> None:
    turns: Turns[int] = Turns()
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [turns.share("/quiet/", make) for _ in range(RUSH_REQUESTS - 1)] == list(range(RUSH_REQUESTS - 1))
    before = len(made)
    for _ in range(2000):
        turns.share("/rush/", make)
    assert len(made) - before < 1000
    time.sleep(FRESH_S * 1.1)
    before = len(made)
    assert turns.share("/rush/", make) == before  # what is a second old serves nobody any more
    for number in range(1000):
        turns.share(f"/{number}/", make)
    assert len(turns._places) < 200


def test_a_turn_that_fails_lets_the_others_try() -> None:
    turns: Turns[int] = Turns()

    def fail() -> int:
        raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            turns.share("/", fail)
    assert turns.share("/", lambda: 1) == 1


def test_a_rush_on_one_page_makes_it_twice_and_another_page_does_not_wait() -> None:
    made: list[str] = []
    may_end = threading.Event()

    def get_response(request: HttpRequest) -> HttpResponse:
        made.append(request.path)
        if request.path == DIGEST:
            may_end.wait(30)
        return HttpResponse(f"page {len(made)}")

    middleware = KeptPages(get_response)

    def read(path: str) -> str:
        return middleware(RequestFactory().get(path)).text

    with ThreadPoolExecutor(40) as pool:
        first = pool.submit(read, DIGEST)
        while not made:
            time.sleep(0.001)
        rush = [pool.submit(read, DIGEST) for _ in range(39)]
        assert read("/archive/") == "page 2"
        while middleware._turns._places[DIGEST].people < 40:
            time.sleep(0.001)
        may_end.set()
        assert (first.result()[:5], {other.result() for other in rush}) == ("page ", {"page 3"})
    assert made.count(DIGEST) == 2
    # Whoever is logged in shares with nobody, whatever the page.
    editor = RequestFactory().get(DIGEST)
    editor.COOKIES["sessionid"] = "x"
    middleware(editor)
    assert made.count(DIGEST) == 3


def test_what_is_for_one_reader_alone_is_shared_with_nobody() -> None:
    turns: Turns[int] = Turns()
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        time.sleep(0.05)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: turns.share("/", fail), range(4))) == [None] * 4
    assert len(calls) == 4

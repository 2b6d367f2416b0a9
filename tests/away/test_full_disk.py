"""A full disk, and a database file that others hold, as seen through the web process on SQLite (X8)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.away.site import FORM, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("full"))
    site.prepare()
    site.start()
    try:
        yield site
    finally:
        site.stop()


def test_published_pages_are_served_from_a_full_disk_and_posts_are_told(site: Site) -> None:
    site.wait_until_kept()
    kept = {page.name: page.read_bytes() for page in (site.data_dir / "published").glob("*.page")}
    site.fill_the_disk()
    for path in ("/", "/2026/03/25/", "/2026/03/25.json", "/archive/"):
        assert site.ask(path).status == 200, path
    assert "Chips are scarce" in site.ask("/").body
    refused = site.post()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert site.ask("/health/live").status == 200
    assert {page.name: page.read_bytes() for page in (site.data_dir / "published").glob("*")} | kept == kept | {
        "state": (site.data_dir / "published" / "state").read_bytes()
    }
    site.make_room()
    site.wait_for("/newsletter/", 200, FORM)
    assert "Traceback" not in site.log()
    with closing(sqlite3.connect(site.data_dir / "newsdesk.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_who_posts_while_another_writes_waits_seconds_and_readers_do_not(site: Site) -> None:
    with closing(sqlite3.connect(site.data_dir / "newsdesk.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = site.post()
        assert (refused.status, refused.took_s < 5) == (503, True)
        assert site.ask("/").status == 200
        assert site.ask("/search/?q=chips").status == 200
        assert json.loads(site.ask("/health/ready").body)["serves"] is True
        other.execute("ROLLBACK")
    assert site.post().status == 200
    assert "Traceback" not in site.log()

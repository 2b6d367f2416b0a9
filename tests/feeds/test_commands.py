from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class
from django.core.management.base import CommandError

from feeds.models import Entry
from tests.feeds.commands import run
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(publisher: Publisher, settings: Any) -> Publisher:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/feed"] = Reply(rss(item(1), item(2)), content_type="application/rss+xml")
    return publisher


@pytest.mark.parametrize("name", ["add_feed", "poll", "import_opml", "export_opml", "load_publishers"])
def test_help_shows_an_example_on_its_own_lines(name: str) -> None:
    text = load_command_class("feeds", name).create_parser("manage.py", name).format_help()
    assert f"\nExample:\n  manage.py {name}" in text


class TestPoll:
    def test_figures_go_out_and_progress_to_stderr(self, site: Publisher) -> None:
        run("add_feed", site.url("/feed"))
        out, err = run("poll")
        assert out == "1 feeds polled, 0 failed: 2 new entries, 0 updated\n"
        assert f"[1/1] {site.url('/feed')}: 2 new" in err
        assert run("poll")[0].startswith("0 feeds polled")
        assert run("poll", "--all")[0].startswith("1 feeds polled")
        assert run("poll", "--feed", site.url("/feed"))[0].startswith("1 feeds polled")
        assert Entry.objects.count() == 2

    def test_an_unknown_feed_is_an_error(self) -> None:
        with pytest.raises(CommandError, match="add_feed"):
            run("poll", "--feed", "https://unknown.example/")

    def test_a_named_feed_that_fails_is_an_error(self, site: Publisher) -> None:
        run("add_feed", site.url("/feed"))
        site.routes["/feed"] = b"<html>"
        with pytest.raises(CommandError, match="web page"):
            run("poll", "--feed", site.url("/feed"))


class TestOpml:
    def test_a_list_goes_in_and_out(self, tmp_path: Path) -> None:
        path = tmp_path / "list.opml"
        path.write_text(
            '<opml><body><outline xmlUrl="https://a.example/"/><outline xmlUrl="file:///etc/passwd"/></body></opml>',
            encoding="utf-8",
        )
        dry, _ = run("import_opml", str(path), "--dry-run")
        assert "would add 1 feeds, 0 known already, 1 refused" in dry
        out, _ = run("import_opml", str(path))
        assert "added 1 feeds, 0 known already, 1 refused" in out
        assert "refused: 'file:///etc/passwd'" in out
        run("export_opml", str(tmp_path / "out.opml"))
        assert (tmp_path / "out.opml").read_text(encoding="utf-8") == run("export_opml")[0]
        assert "added 0 feeds, 1 known already" in run("import_opml", str(tmp_path / "out.opml"))[0]

    def test_a_bad_file_gives_one_sentence(self, tmp_path: Path) -> None:
        path = tmp_path / "list.opml"
        path.write_text("<opml>", encoding="utf-8")
        with pytest.raises(CommandError, match="broken XML"):
            run("import_opml", str(path))
        with pytest.raises(CommandError, match="cannot be read"):
            run("import_opml", str(tmp_path / "none.opml"))
        with pytest.raises(CommandError, match="cannot be written"):
            run("export_opml", str(tmp_path / "none" / "out.opml"))


def test_publishers_are_loaded_once() -> None:
    assert " feeds added" in run("load_publishers")[0]
    assert run("load_publishers")[0] == "0 publishers and 0 feeds added\n"

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, load_command_class
from django.core.management.base import CommandError

from feeds.models import Entry, Feed
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply, redirect

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(publisher: Publisher, settings: Any) -> Publisher:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/feed"] = Reply(rss(item(1), item(2)), content_type="application/rss+xml")
    return publisher


def run(name: str, *arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(name, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("name", ["add_feed", "poll", "import_opml", "export_opml", "load_publishers"])
def test_help_shows_an_example_on_its_own_lines(name: str) -> None:
    text = load_command_class("feeds", name).create_parser("manage.py", name).format_help()
    assert f"\nExample:\n  manage.py {name}" in text


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

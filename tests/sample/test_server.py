"""The sample's server behaves as the web does: feeds that parse, links that lead somewhere, conditional requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from io import BytesIO
from urllib.parse import urlsplit

import feedparser
import pytest

from newsdesk.sample.dates import latest_cut_off
from newsdesk.sample.server import SampleServer
from newsdesk.sample.world import read_world

BASE = datetime(2026, 3, 10, 7, tzinfo=UTC)
WORLD = read_world()


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer(base=BASE) as running:
        yield running


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(method, parts.path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("slug", sorted(WORLD.outlets))
def test_each_feed_parses_and_gives_every_entry(server: SampleServer, slug: str) -> None:
    outlet = WORLD.outlets[slug]
    status, headers, body = get(f"{server.url}/{slug}/{outlet.feed_file}")
    assert status == 200
    expected = {item.guid for item in WORLD.of(outlet)}
    if outlet.format == "json":
        document = json.loads(body)
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert {item["id"] for item in document["items"]} == expected
        assert all(
            item["content_html"] if "content_html" in item else item["content_text"] for item in document["items"]
        )
        assert all(datetime.fromisoformat(item["date_published"]) <= BASE for item in document["items"])
        return
    parsed = feedparser.parse(BytesIO(body), response_headers={name.lower(): text for name, text in headers.items()})
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[outlet.format]
    assert {entry.id for entry in parsed.entries} == expected
    undated = {item.guid for item in WORLD.of(outlet) if item.hours is None}
    assert {entry.id for entry in parsed.entries if not entry.get("published_parsed")} == undated
    assert all(entry.title for entry in parsed.entries)
    if outlet.carries == "full":
        assert all(entry.content[0].value.count("<p>") >= 3 for entry in parsed.entries)


def test_every_link_leads_somewhere(server: SampleServer) -> None:
    seen, waiting = set[str](), [f"{server.url}/"]
    while waiting:
        url = waiting.pop()
        seen.add(url)
        status, headers, body = get(url)
        assert status == 200, url
        if headers["Content-Type"].startswith("text/html"):
            links = re.findall(r'<(?:a|link)\b[^>]*?href="([^"]+)"', body.decode())
            assert all(link.startswith((f"{server.url}/", "javascript:")) for link in links), url
            found = {link for link in links if link.startswith("http")}
            waiting.extend(found - seen - set(waiting))
    pages = {f"{server.url}/{item.outlet.slug}/{item.slug}" for item in WORLD.items}
    assert pages <= seen


def test_unchanged_documents_are_not_sent_again(server: SampleServer) -> None:
    url = f"{server.url}/stannard/feed.xml"
    _, headers, body = get(url)
    assert get(url, If_None_Match=headers["ETag"])[0::2] == (304, b"")
    assert get(url, If_None_Match=f"W/{headers['ETag']}")[0] == 304
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert get(url, If_Modified_Since="Mon, 09 Mar 2026 00:00:00 GMT")[0] == 200
    assert get(url, If_Modified_Since="rubbish")[0] == 200
    status, headers, empty = get(url, "HEAD")
    assert (status, empty, int(headers["Content-Length"])) == (200, b"", len(body))
    assert get(f"{server.url}/stannard/no-such-page")[0] == 404
    assert get(f"{server.url}/stannard")[0] == 404


def test_entries_appear_as_their_time_comes() -> None:
    now = BASE - timedelta(hours=30)
    with SampleServer(base=BASE, clock=lambda: now) as server:
        first = get(f"{server.url}/stannard/feed.xml")[2]
        now = BASE
        later = get(f"{server.url}/stannard/feed.xml")[2]
    assert 0 < first.count(b"<item>") < later.count(b"<item>")
    assert b"judge-bars-errand" in first and b"corvane-close-errand" not in first
    assert b"corvane-close-errand" in later


def test_a_paywalled_page_shows_its_beginning_only(server: SampleServer) -> None:
    page = get(f"{server.url}/exchange-courier/corvane-to-shut-errand")[2].decode()
    assert "41 cents in computing" in page and "About 260 people" in page
    assert "We built something people liked" not in page and "Subscribe to continue" in page


def test_old_news_says_its_age_on_the_page_only(server: SampleServer) -> None:
    page = get(f"{server.url}/daily-plug/corvane-introduces-tarn-2")[2].decode()
    assert '<meta property="article:published_time" content="2024-02-' in page
    parsed = feedparser.parse(BytesIO(get(f"{server.url}/daily-plug/feed.xml")[2]))
    entry = next(entry for entry in parsed.entries if entry.link.endswith("corvane-introduces-tarn-2"))
    assert entry.published_parsed[:3] == (2026, 3, 10)


def test_the_hostile_entries_are_served_as_they_are(server: SampleServer) -> None:
    parsed = feedparser.parse(BytesIO(get(f"{server.url}/bulletin-exchange/feed.xml")[2]))
    assert any("<script>" in entry.title and entry.link.startswith("javascript:") for entry in parsed.entries)
    page = get(f"{server.url}/bulletin-exchange/vectorlane-meeting-assistant")[2].decode()
    assert re.search(r'<div style="display:none"[^>]*>Ignore previous instructions', page)
    assert not any(b"Ignore previous" in get(f"{server.url}/{o.slug}/{o.feed_file}")[2] for o in WORLD.outlets.values())


def test_the_index_says_that_it_is_a_sample_and_runs_nothing(server: SampleServer) -> None:
    page = get(f"{server.url}/")[2].decode()
    assert "SAMPLE" in page and "invented" in page
    assert "<script" not in page


def test_the_truth_is_not_served(server: SampleServer) -> None:
    labels = {item.story for item in WORLD.items if "-" in item.story} - {item.slug for item in WORLD.items}
    hidden = re.compile("copy_of|first_published_days|relevant: ")
    for outlet in WORLD.outlets.values():
        text = get(f"{server.url}/{outlet.slug}/{outlet.feed_file}")[2].decode()
        assert not hidden.search(text)
        for item in WORLD.of(outlet):
            page = get(f"{server.url}/{outlet.slug}/{item.slug}")[2].decode()
            assert not hidden.search(page)
            assert not any(f'"{label}"' in page for label in labels)


def test_the_default_base_is_the_last_cut_off() -> None:
    assert latest_cut_off(datetime(2026, 3, 10, 6, 59, tzinfo=UTC)) == datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert latest_cut_off(datetime(2026, 3, 10, 7, tzinfo=UTC)) == datetime(2026, 3, 10, 7, tzinfo=UTC)


def test_guids_stay_when_base_and_port_change(server: SampleServer) -> None:
    with SampleServer(base=BASE + timedelta(days=1)) as other:
        ids = [
            [entry.id for entry in feedparser.parse(BytesIO(get(f"{one.url}/faultwire/atom.xml")[2])).entries]
            for one in (server, other)
        ]
    assert ids[0] == ids[1] and ids[0]

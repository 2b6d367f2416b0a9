from __future__ import annotations

import pytest

from feeds.urls import canonical_url, http_url, site_of

PAGE = "https://news.example/2026/03/a-story"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.news.example/2026/03/a-story/",
        "https://NEWS.example:443/2026/03/a-story?utm_source=rss&utm_medium=feed",
        "https://m.news.example/2026/03/a-story#comments",
        "https://news.example/2026/03/a-story/amp/",
        "https://news.example/2026/03/a-story/index.html?fbclid=abc",
        "https://news.example/2026/03/a-story?f=rss",
    ],
)
def test_the_addresses_of_one_page_have_one_form(url: str) -> None:
    assert canonical_url(url) == canonical_url(PAGE) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/03/another-story",
        "https://news.example/2026/03/a-story?page=2",
        "https://other.example/2026/03/a-story",
        "https://news.example/2026/03/A-Story",
    ],
)
def test_different_pages_stay_apart(url: str) -> None:
    assert canonical_url(url) != PAGE


def test_query_order_does_not_matter() -> None:
    assert canonical_url("https://e.example/?b=2&a=1") == canonical_url("https://e.example/?a=1&b=2")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/a", "https://base.example/a"),
        ("b c", "https://base.example/dir/b%20c"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" https://e.example/x\n", "https://e.example/x"),
        ("https://user:secret@e.example:8443/x", "https://e.example:8443/x"),
        ("javascript:alert(1)", ""),
        ("jav\tascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("mailto:a@b.example", ""),
        ("https://[::1", ""),
        ("https://e.example:99999/", ""),
        ("https://e.example/" + "x" * 2000, ""),
        ("", ""),
    ],
)
def test_only_absolute_web_addresses_come_out(url: str, expected: str) -> None:
    assert http_url(url, "https://base.example/dir/feed") == expected


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.news.example", "news.example"),
        ("blog.research.example.com", "example.com"),
        ("news.example.co.uk", "example.co.uk"),
        ("writer.substack.com", "writer.substack.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_belongs_to_a_site(host: str, site: str) -> None:
    assert site_of(host) == site

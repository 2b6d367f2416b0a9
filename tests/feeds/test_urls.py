from __future__ import annotations

import pytest

from feeds.urls import canonical_url, http_url, site_of, web_address

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


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (f"https://www.google.com/url?q={PAGE}&sa=D", PAGE),
        ("https://www.google.com/amp/s/www.news.example/2026/03/a-story/amp", PAGE),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/2026/03/a-story", PAGE),
        ("https://web.archive.org/web/20260310153721/http://news.example/2026/03/a-story/", PAGE),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2F2026%2F03%2Fa-story%3Ffbclid%3Dx&h=1", PAGE),
        ("https://mobile.twitter.com/kelp/status/12?s=20", "https://x.com/kelp/status/12"),
        ("https://old.reddit.com/r/ports/comments/1/", "https://reddit.com/r/ports/comments/1"),
        ("https://youtu.be/abcdefghijk?si=zz", "https://youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/shorts/abcdefghijk", "https://youtube.com/watch?v=abcdefghijk"),
        ("https://arxiv.org/pdf/2605.01234v2", "https://arxiv.org/abs/2605.01234"),
        ("https://en.m.wikipedia.org/wiki/Herring", "https://en.wikipedia.org/wiki/Herring"),
        ("https://kelp.substack.com/p/berths?r=1a2b&utm_campaign=post", "https://kelp.substack.com/p/berths"),
        ("https://ports.example/list?r=1a2b", "https://ports.example/list?r=1a2b"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://google.com/url?q=javascript%3Aalert%281%29"),
        (
            "https://web.archive.org/web/2026/http://127.0.0.1:99999/",
            "https://web.archive.org/web/2026/http://127.0.0.1:99999",
        ),
    ],
)
def test_pages_with_several_addresses_have_one(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "https://e.example/",
        "HTTP://e.example/it's-here?a=<b>",
        "http://e.example:81/\N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_a_web_address_may_become_a_link_as_it_stands(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "https://",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "https://e.example/a b",
        "https://e.example/a\n",
        "https:\\\\e.example",
        "https://e.example\\@other.example/",
        " https://e.example/",
        "ftp://e.example/",
    ],
)
def test_nothing_else_may(url: str) -> None:
    assert web_address(url) == ""

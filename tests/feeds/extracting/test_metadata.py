"""What a page says about itself: title, author, date, and whether its text may be kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.feeds.extracting.pages import page, read


def test_linked_data_comes_before_meta_tags() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "name": "Outlet"},
            {
                "@type": ["NewsArticle"],
                "headline": "Harbour Labs &amp; the end",
                "datePublished": "2026-03-24T09:30:00+01:00",
                "author": [{"@type": "Person", "name": "Ada Quill"}, {"name": "Ben Roe"}, {"name": "Ada Quill"}],
            },
        ],
    }
    head = f"""<script type="application/ld+json">{{broken</script>
    <script type="application/ld+json">{json.dumps(data)}</script>
    <meta property="og:title" content="Other title"><meta name="author" content="Other author">
    <meta property="article:published_time" content="2020-01-01T00:00:00Z">
    <link rel="canonical" href="/2026/03/compiler?a=1">"""
    article = read(page(head=head))
    assert article.title == "Harbour Labs & the end"
    assert article.author == "Ada Quill, Ben Roe"
    assert article.published_at == datetime(2026, 3, 24, 8, 30, tzinfo=UTC)
    assert article.canonical_url == "https://outlet.example/2026/03/compiler?a=1"
    assert article.language == "en"


def test_meta_tags_serve_where_there_is_no_linked_data() -> None:
    head = """<meta property="og:title" content="Meta title"><meta name="author" content="https://social.example/ada">
    <meta name="parsely-author" content="Ada Quill"><meta name="date" content="2026-03-24">
    <meta property="og:url" content="https://outlet.example/og">"""
    article = read(page(head=head, html="<html>"), content_language="de")
    assert (article.title, article.author, article.language) == ("Meta title", "Ada Quill", "de")
    assert article.published_at == datetime(2026, 3, 24, tzinfo=UTC)
    assert article.canonical_url == "https://outlet.example/og"


def test_metadata_is_plain_bounded_and_never_a_script_address() -> None:
    head = f"""<meta property="og:title" content="<b>Bold</b>&lt;script&gt;x&lt;/script&gt; \u202etitle{"x" * 5000}">
    <meta name="date" content="14:20:00"><link rel="canonical" href="javascript:alert(1)">"""
    article = read(page(head=head))
    assert article.title.startswith("Bold title")
    assert len(article.title) <= 1000
    assert article.published_at is None
    assert article.canonical_url == ""


@pytest.mark.parametrize(
    ("head", "headers", "found"),
    [
        ('<meta name="robots" content="index, noai">', {}, "noai"),
        ('<META NAME="ROBOTS" CONTENT="NOARCHIVE">', {}, "noarchive"),
        ('<meta name="robots" content="index"><meta name="robots" content="nosnippet">', {}, "nosnippet"),
        ('<meta name="robots" content="max-snippet: 0">', {}, "max-snippet:0"),
        ('<meta name="tdm-reservation" content="1">', {}, "tdm-reservation"),
        ("", {"x_robots_tag": "noimageai, noai"}, "noai"),
        ("", {"x_robots_tag": "newsdesk: noai"}, "noai"),
        ("", {"tdm_reservation": "1"}, "tdm-reservation"),
    ],
)
def test_an_opt_out_is_honoured_and_named(head: str, headers: dict[str, str], found: str) -> None:
    article = read(page(head=head), **headers)
    assert article.opt_out
    assert (article.opt_out, article.text) == (found, "")


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ('<meta name="robots" content="index, follow, max-snippet:-1, noodp">', {}),
        ('<meta name="googlebot" content="noarchive">', {}),
        ("", {"x_robots_tag": "otherbot: noai"}),
        ('<meta name="tdm-reservation" content="0">', {}),
    ],
)
def test_what_is_no_opt_out_for_us_is_none(head: str, headers: dict[str, str]) -> None:
    assert not read(page(head=head), **headers).opt_out

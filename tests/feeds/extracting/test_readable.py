"""Reading pages: the article and nothing but the article, and what the page says about itself."""

from __future__ import annotations

import time

import pytest

from feeds.extracting.readable import decode_page, read_article
from tests.feeds.extracting.pages import FIRST, SECOND, THIRD, URL, page, read

# The worst page found takes 2.5 s of processor time; one that costs its square takes minutes.
PATIENCE_S = 8.0


def test_the_text_is_the_article_in_paragraphs_without_title_and_furniture() -> None:
    content = page("<p>Read more: <a href='/x'>Ten other assistants</a></p><p>Advertisement</p>")
    assert read(content).text == "\n\n".join([FIRST, SECOND, THIRD])


def test_a_page_without_an_article_gives_none() -> None:
    for content in (b"", b"<html></html>", b"<p>Please enable JavaScript.</p>", b"\x00\xff\xfe", b"{}", b"%PDF-1.7 x"):
        assert read_article(content, URL, {}) is None


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("né “q”".encode(), "", "né “q”"),
        ("né “q”".encode(), "text/html; charset=iso-8859-1", "né “q”"),
        ("né “q”".encode("windows-1252"), "", "né “q”"),
        ("néz".encode("latin-1"), 'text/html; charset="iso-8859-1"', "néz"),
        ("né".encode("utf-16"), "text/html; charset=utf-8", "né"),
        (b"<meta charset=koi8-r>" + "да".encode("koi8-r"), "text/html", "<meta charset=koi8-r>да"),
        (b"n\xe9z", "text/html; charset=no-such-thing", "néz"),
        (b"n\xe9z", "text/html; charset=hex", "néz"),
        ("né".encode()[:2], "", "n"),
    ],
)
def test_bytes_are_read_by_what_they_are_before_what_they_say(content: bytes, content_type: str, text: str) -> None:
    assert decode_page(content, content_type) == text


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 100_000 + FIRST,
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + f">{FIRST}</p>",
        f"<p>{FIRST}</p>" * 6_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        "<meta name=a content=b>" * 60_000,
        "<" * 1_900_000,
        "<p>" + "&amp;" * 400_000,
    ],
    ids=["nested", "attributes", "paragraphs", "linked data", "meta", "brackets", "entities"],
)
def test_a_hostile_page_costs_little(content: str) -> None:
    started = time.process_time()
    read_article(f"<html><body>{content}".encode(), URL, {})
    assert time.process_time() - started < PATIENCE_S


def test_a_page_beyond_the_cap_is_cut_not_refused() -> None:
    content = page() + b"<!--" + b"x" * 5_000_000
    assert FIRST in read(content).text

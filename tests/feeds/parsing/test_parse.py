from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.bounded.run import call
from feeds.parsing.parse import NotAFeed, parse
from tests.feeds.documents import item, rss
from tests.feeds.parsing.reading import URL, read, timed
from tests.servers.publisher import Publisher

DAY = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_rss_is_read_into_plain_text() -> None:
    feed = read(
        rss(
            item(
                1,
                title="Chips &amp;amp; clouds",
                date=DAY,
                text="&lt;p&gt;A &lt;b&gt;bold&lt;/b&gt; claim.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
            )
        )
    )
    assert (feed.title, feed.site_url, feed.language, feed.problem) == (
        "Example News",
        "https://news.example/",
        "en-GB",
        "",
    )
    (entry,) = feed.entries
    assert entry.title == "Chips & clouds"
    assert entry.summary == "A bold claim."
    assert entry.published_at == DAY
    assert (entry.guid, entry.url, entry.language) == ("guid-1", "https://news.example/1", "en-GB")


def test_atom_is_read_with_author_body_and_own_base() -> None:
    feed = read(
        b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/blog/">
        <title>Atoms</title><entry><id>tag:1</id><title type="text">Use of &lt;canvas&gt;</title><link href="post/1"/>
        <author><name>Ada</name></author><author><name>Grace</name></author><updated>2026-03-10T09:30:00Z</updated>
        <content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content></entry></feed>"""
    )
    (entry,) = feed.entries
    assert entry.title == "Use of <canvas>"
    assert entry.url == "https://other.example/blog/post/1"
    assert entry.author == "Ada, Grace"
    assert entry.body == "One.\n\nTwo."
    assert entry.published_at == DAY


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Wi-Fi</body></html>", "web page"),
        (b'{"error": "no"}', "not a JSON Feed"),
        (b"[1, 2]", "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ', "cannot be read as JSON"),
        (b"[" * 1_000_000, "cannot be read as JSON"),
        (b"plain words", "neither RSS"),
        (b"\x00\x01\x02\xff", "neither RSS"),
        (b"<?xml version='1.0'?><rss><channel><item><title>x", "broken"),
    ],
)
def test_what_is_no_feed_is_refused_in_plain_words(body: bytes, words: str) -> None:
    with pytest.raises(NotAFeed, match=words):
        read(body)


def test_a_truncated_feed_gives_what_is_there_and_says_so() -> None:
    feed = read(rss(item(1), item(2), item(3))[:-60])
    assert [entry.guid for entry in feed.entries][:2] == ["guid-1", "guid-2"]
    assert "broken at line" in feed.problem


def test_an_empty_feed_is_a_feed() -> None:
    assert read(rss()).entries == ()


def test_a_poisonous_entry_does_not_hide_the_others() -> None:
    poison = '<item><title>p</title><g:pos xmlns:g="http://www.opengis.net/gml">1 2</g:pos></item>'
    feed = read(rss(item(1), poison, item(2)))
    assert [entry.guid for entry in feed.entries] == ["guid-1", "guid-2"]
    assert feed.problem


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "jav&#x09;ascript:alert(1)", "data:text/html,x", "file:///etc/x"]
)
def test_links_of_other_schemes_are_dropped(link: str) -> None:
    (entry,) = read(rss(f"<item><title>t</title><link>{link}</link></item>")).entries
    assert entry.url == ""


def test_markup_in_any_field_becomes_text() -> None:
    hostile = "&lt;svg onload=alert(1)&gt;&lt;/svg&gt;Hello &lt;img src=x onerror=alert(1)&gt;there"
    body = rss(f"<item><title>{hostile}</title><author>{hostile}</author><description>{hostile}</description></item>")
    (entry,) = read(body).entries
    for text in (entry.title, entry.author, entry.summary):
        assert "<" not in text
        assert "Hello" in text


@pytest.mark.parametrize(
    "raw",
    [
        rss(item(1, title="a\x00b\x0bc\x1b")),
        rss(item(1, title="a&#xD800;b&#57343;c")),
        rss(item(1, title="a&#0;b&#11;c")),
        rss(item(1, title="PLACE")).replace(b"PLACE", b"a\xff\xfe\xc3"),
        rss(item(1, title="caf\u00e9")).decode().encode("utf-16"),
        rss(item(1, title="caf+AOk-")).replace(b"utf-8", b"utf-7"),
        rss(item(1, title="caf\u00e9")).replace(b"utf-8", b"x-nothing"),
    ],
)
def test_broken_encodings_are_stored_clean_or_refused(raw: bytes) -> None:
    feed = timed(raw)
    for entry in feed.entries if feed else ():
        entry.title.encode("utf-8")  # lone surrogates would raise
        assert entry.title.isprintable()


def test_dates_that_are_none_or_absurd() -> None:
    feed = read(
        rss(item(1), item(2, date="Tue, 31 Feb 2026 10:00:00 GMT"), item(3, date="Mon, 01 Jan 0001 00:00:00 GMT"))
    )
    assert [entry.published_at for entry in feed.entries] == [None, None, None]


def test_an_external_entity_is_not_fetched(publisher: Publisher) -> None:
    publisher.routes["/secret"] = b"secret"
    for declaration in (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{publisher.url("/secret")}">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE r SYSTEM "{publisher.url("/secret")}">',
        f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{publisher.url("/secret")}"> %p;]>',
    ):
        feed = timed(rss(item(1, title="[&x;]"), prologue=declaration))
        for entry in feed.entries if feed else ():
            assert "secret" not in entry.title
            assert "root:" not in entry.title
    assert publisher.connections == 0


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, title="&a9;"), prologue=f"<!DOCTYPE r [{LAUGHS}]>"),
        rss(item(1, title="&a;" * 50_000), prologue=f'<!DOCTYPE r [<!ENTITY a "{"x" * 100_000}">]>'),
        rss(f'<item a="{"x" * 8_000_000}"><title>t</title></item>'),
        rss(f'<item a="{"x" * 3_900_000}"><title>t</title></item>'),
        rss("<item>" + "<a>" * 500_000 + "</a>" * 500_000 + "</item>"),
        rss("<item><title>t</title>" + "<a>" * 59_000),
        rss(item(1, text="&" * 3_900_000)),
        rss("<item><title>t</title>" * 100_000),
        b"<rss>" + b"<!DOCTYPE [ <!ENTITY a" * 100_000,
    ],
    ids=[
        "laughs",
        "quadratic",
        "attribute",
        "kept attribute",
        "deep",
        "deep unclosed",
        "ampersands",
        "unclosed",
        "doctypes",
    ],
)
def test_a_bomb_costs_little(body: bytes) -> None:
    """Read as a poll reads it: the child counts its own processor time, and is cut off where a bomb takes too much."""
    try:
        feed = call(parse, body, {}, URL)
    except NotAFeed:
        feed = None
    for entry in feed.entries if feed else ():
        assert len(entry.title) <= 1000

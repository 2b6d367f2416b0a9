from __future__ import annotations

import time

import pytest

from feeds.catalogue.opml import BadOpml, Outline, import_outlines, read_opml, write_opml
from feeds.models import Feed
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher

LIST = b"""<?xml version="1.0" encoding="ISO-8859-1"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Tech"><outline text="Deep"><outline type="rss" text="Caf\xe9" xmlUrl="https://cafe.example/feed"
htmlUrl="https://cafe.example/"/></outline></outline>
<outline text="Bare" xmlurl="https://bare.example/rss"/><outline text="Local" xmlUrl="file:///etc/passwd"/>
<outline text="Script" xmlUrl="javascript:alert(1)"/><outline text="Again" xmlUrl="https://bare.example/rss"/>
<outline text="A folder"/></body></opml>"""


def test_nested_outlines_are_read_in_order() -> None:
    assert read_opml(LIST)[0] == Outline("https://cafe.example/feed", "Café", "https://cafe.example/")
    assert [outline.xml_url.partition(":")[0] for outline in read_opml(LIST)] == [
        "https",
        "https",
        "file",
        "javascript",
        "https",
    ]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "broken XML"),
        (b"<opml><body>", "broken XML"),
        (b"plain words", "broken XML"),
        (b"<rss version='2.0'/>", "not OPML"),
        (b'<?xml version="1.0" encoding="x-nothing"?><opml/>', "encoding|broken"),
    ],
)
def test_what_is_no_list_is_refused_in_plain_words(document: bytes, words: str) -> None:
    with pytest.raises(BadOpml, match=words):
        read_opml(document)


def test_entities_and_document_types_are_refused_unread(publisher: Publisher) -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    for declaration in (
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        f'<!ENTITY x SYSTEM "{publisher.url("/x")}">',
        f'<!ENTITY % p SYSTEM "{publisher.url("/x")}"> %p;',
        f'<!ENTITY a0 "ha">{laughs}',
        f'<!ENTITY a "{"x" * 100_000}">',
    ):
        started = time.process_time()
        with pytest.raises(BadOpml, match="document type"):
            read_opml(f'<!DOCTYPE opml [{declaration}]><opml><outline xmlUrl="&a9;&x;"/></opml>'.encode())
        assert time.process_time() - started < 1.0
    assert publisher.connections == 0


def test_deep_nesting_is_read() -> None:
    document = b"<opml>" + b"<outline>" * 50_000 + b'<outline xmlUrl="https://e.example/"/>' + b"</outline>" * 50_000
    assert len(read_opml(document + b"</opml>")) == 1


@pytest.mark.django_db
def test_an_import_adds_what_is_new_once() -> None:
    done = import_outlines(read_opml(LIST), now=NOW)
    assert done.added == ("https://cafe.example/feed", "https://bare.example/rss")
    assert done.known == ("https://bare.example/rss",)
    assert done.refused == ("file:///etc/passwd", "javascript:alert(1)")
    feed = Feed.objects.get(url="https://cafe.example/feed")
    assert (feed.title, feed.publisher.name, feed.publisher.slug) == ("Café", "Café", "cafe-example")
    assert feed.next_poll_at == NOW
    assert import_outlines(read_opml(LIST), now=NOW).added == ()


@pytest.mark.django_db
def test_a_dry_run_adds_nothing() -> None:
    assert len(import_outlines(read_opml(LIST), now=NOW, dry_run=True).added) == 2
    assert not Feed.objects.exists()


@pytest.mark.django_db
def test_what_is_exported_can_be_imported() -> None:
    make_feed("https://a.example/?x=1&y=<2>", title='Quotes " & <angles>')
    make_feed("recording:somewhere")
    (outline,) = read_opml(write_opml())
    assert (outline.xml_url, outline.title) == ("https://a.example/?x=1&y=<2>", 'Quotes " & <angles>')

"""Hostile titles, addresses and searches do nothing but show."""

from __future__ import annotations

from html import unescape

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.test import Client

from newsdesk.site.search import find_stories, query_words
from newsdesk.site.templatetags.desk import outlink
from newsdesk.stories.models import Story
from tests.site import rows
from tests.site.hostile import ADDRESSES, TEXTS

pytestmark = pytest.mark.django_db

ALLOWED_TAGS = set(
    "html head meta title link body a p strong header nav ul ol li main section article h1 h2 h3 div span time footer "
    "details summary blockquote form label input button figure figcaption svg path rect aside dl dt dd code em".split()
)


def _hostile_day() -> Story:
    entries = [
        rows.make_entry(
            rows.make_feed(rows.make_publisher(text)),
            title=text,
            author=text,
            url=ADDRESSES[number % len(ADDRESSES)],
        )
        for number, text in enumerate(TEXTS)
    ]
    stories = [rows.make_story(entry, headline=entry.title, theme="compute") for entry in entries[:-1]]
    stories[0].coverage.create(entry=entries[-1], clustered_at=rows.CUT_OFF)
    rows.make_digest(stories=stories, title=TEXTS[0], dek=TEXTS[1])
    return stories[0]


@pytest.mark.parametrize("path", ["/", "/archive/", "/theme/compute/", "/search/?q=alert", "/sources/", "story"])
def test_hostile_text_is_shown_and_never_markup(client: Client, path: str) -> None:
    story = _hostile_day()
    page = client.get(f"/story/{story.public_id}/" if path == "story" else path).text
    tree = BeautifulSoup(page, "lxml")
    assert {tag.name for tag in tree.find_all(True)} <= ALLOWED_TAGS
    for tag in tree.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "srcdoc", "formaction")]
        address = str(tag.get("href") or "")
        assert address == "" or address.startswith(("https://outlet", "/", "#", "?")), address
        assert not address.startswith("//")
    assert TEXTS[0] in tree.get_text() or path == "/search/?q=alert"


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    assert outlink(address, "Title & more") == "Title &amp; more"


def test_a_link_out_tells_nothing_and_vouches_for_nothing() -> None:
    link = outlink("https://x.example/?a=1&b='2'", "Title")
    assert link == '<a href="https://x.example/?a=1&amp;b=&#x27;2&#x27;" rel="noopener nofollow">Title</a>'


def test_the_feed_stays_valid_with_control_characters_and_markup_in_titles(client: Client) -> None:
    story = rows.make_story(rows.make_entry(title="Vertical\x0btab <b>bold</b> & more\x1f"))
    rows.make_digest(stories=[story], title="One\x0btwo <i>three</i>")
    response = client.get("/feed.xml")
    parsed = feedparser.parse(response.content)
    assert response.status_code == 200
    assert not parsed.bozo
    assert parsed.entries[0].title == "Onetwo <i>three</i>"
    assert parsed.entries[0].title_detail.type == "text/plain"
    content = unescape(parsed.entries[0].content[0].value)
    assert "Verticaltab" in content


@pytest.mark.parametrize(
    "query",
    ["' OR 1=1 --", "%", "_", "%%%", "\\", "'; DROP TABLE stories_story; --", "\x00", "zeb\x00ra'", "a" * 5000, "💥 ☃"],
)
def test_a_search_is_words_and_nothing_else(client: Client, query: str) -> None:
    rows.make_story(headline="An ordinary zebra")
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    assert "An ordinary zebra" not in response.text
    assert Story.objects.count() == 1


def test_a_query_is_cut_to_its_caps() -> None:
    assert query_words(" ".join(f"w{n}" for n in range(50))) == tuple(f"w{n}" for n in range(8))
    assert query_words("  -- ' %  ") == ()
    assert sum(map(len, query_words("a" * 5000))) == 200


def test_words_are_found_in_headlines_and_titles_whatever_their_case() -> None:
    entry = rows.make_entry(title="Überraschung bei Quillon")
    story = rows.make_story(entry, headline="Judge orders a payment")
    rows.make_story(headline="Something else")
    for query in ("judge", "QUILLON", "judge quillon", "überraschung", "ÜBERRASCHUNG"):
        assert list(find_stories(query_words(query))) == [story], query
    assert not find_stories(query_words("judge absent"))
    assert not find_stories(())


@pytest.mark.parametrize("page", ["0", "-1", "99999999999", "x", "1 OR 1"])
def test_a_page_number_out_of_range_shows_a_page(client: Client, page: str) -> None:
    rows.make_story(headline="An ordinary zebra")
    assert "An ordinary zebra" in client.get("/search/", {"q": "zebra", "page": page}).text

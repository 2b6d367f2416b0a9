"""The same digest as JSON, as text and as Atom."""

from __future__ import annotations

from datetime import date, timedelta

import feedparser
import pytest
from django.test import Client

from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.text import as_text
from tests.site import rows
from tests.site.invented import invented_digest

pytestmark = pytest.mark.django_db


def test_the_json_is_the_canonical_one_byte_for_byte(client: Client) -> None:
    digest = invented_digest()
    response = client.get("/2026/03/25.json")
    assert response.content == canonical_json(as_document(digest))
    assert response.headers["Content-Type"] == "application/json"


def test_the_text_is_that_of_the_document(client: Client) -> None:
    digest = invented_digest()
    response = client.get("/2026/03/25.txt")
    assert response.text == as_text(as_document(digest))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_feed_holds_each_digest_whole(client: Client) -> None:
    invented_digest()
    rows.make_digest(date(2026, 3, 24), title="The day before", number=83)
    response = client.get("/feed.xml")
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo and parsed.version == "atom10"
    assert [entry.link.rpartition(":8000")[2] for entry in parsed.entries] == ["/2026/03/25/", "/2026/03/24/"]
    newest = parsed.entries[0]
    assert newest.id == newest.link
    assert newest.updated == "2026-03-25T07:00:00+00:00"
    content = newest.content[0].value
    assert "Thirty-day" not in content
    assert "6 percent of those who installed Lumen" in content
    assert "Tarn Labs puts a 9-billion-parameter speech model" in content
    assert 'href="http' in content and 'href="/' not in content


def test_the_feed_is_not_sent_again_until_a_digest_changes(client: Client) -> None:
    digest = invented_digest()
    first = client.get("/feed.xml")
    assert first.headers["Last-Modified"] == "Wed, 25 Mar 2026 07:00:00 GMT"
    dated = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get("/feed.xml", headers=dated).status_code == 304
    digest.corrections.create(text="A word was wrong.", made_at=rows.CUT_OFF + timedelta(hours=1))
    again = client.get("/feed.xml", headers=dated)
    assert again.status_code == 200
    assert feedparser.parse(again.content).entries[0].updated == "2026-03-25T08:00:00+00:00"

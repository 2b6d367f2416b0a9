"""The weekly edition's pages: their own addresses and words, and the daily pages untouched by them."""

from __future__ import annotations

from datetime import date, timedelta

import feedparser
import pytest
from django.test import Client
from pytest_django import Settings

from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.text import as_text
from newsdesk.digests.models import Digest
from newsdesk.site.middleware import READER_POLICY
from newsdesk.site.templatetags.desk import week
from tests.site import rows

pytestmark = pytest.mark.django_db


def make_week(day: date = rows.DAY, **fields: object) -> Digest:
    """A published weekly digest of one story that was seen on the week's second day."""
    entry = rows.make_entry(title="Tarn Labs opens a shop", seen_at=rows.CUT_OFF - timedelta(days=5))
    edition = rows.make_edition("weekly")
    opened = rows.CUT_OFF - timedelta(days=7)
    return rows.make_digest(day, stories=[rows.make_story(entry)], edition=edition, **{"window_from": opened, **fields})


@pytest.mark.parametrize("path", ["/weekly/", "/weekly/2026/03/25/"])
def test_the_page_says_which_week_it_is_of(client: Client, path: str) -> None:
    make_week()
    response = client.get(path)
    assert response.status_code == 200
    assert "Week of 19 to 25 March 2026" in response.text
    assert "Tarn Labs opens a shop" in response.text
    assert '<link rel="canonical" href="/weekly/2026/03/25/">' in response.text
    assert 'href="/weekly/2026/03/25.json"' in response.text
    assert response.headers["Content-Security-Policy"] == READER_POLICY
    assert not response.cookies


def test_a_time_within_the_week_names_its_day(client: Client) -> None:
    digest = make_week()
    rows.add_item(digest, rows.make_story(rows.make_entry(title="Second")), 2, "short")
    assert "25 Mar, 02:00 UTC" in client.get("/weekly/").text


def test_the_twins_are_the_weekly_documents(client: Client) -> None:
    rows.make_digest()
    digest = make_week()
    assert client.get("/weekly/2026/03/25.json").content == canonical_json(as_document(digest))
    assert client.get("/weekly/2026/03/25.txt").text == as_text(as_document(digest))
    assert client.get("/2026/03/25.json").json()["edition"] == "daily"


def test_weeks_lead_to_each_other_and_announce_the_next(client: Client) -> None:
    make_week(rows.DAY - timedelta(days=7), number=1)
    make_week(number=2)
    newest, older = client.get("/weekly/").text, client.get("/weekly/2026/03/18/").text
    assert 'href="/weekly/2026/03/18/"' in newest
    assert "Next week" in newest
    assert 'href="/weekly/2026/03/25/"' in older


def test_the_archive_and_the_daily_digest_lead_to_it_and_the_front_stays_daily(client: Client) -> None:
    rows.make_digest(title="The day alone")
    make_week(title="The whole week")
    assert "The day alone" in client.get("/").text
    assert 'href="/weekly/"' in client.get("/").text
    archive = client.get("/archive/").text
    assert archive.index('href="/weekly/2026/03/25/"') < archive.index('href="/2026/03/25/"')


def test_the_atom_feed_stays_daily(client: Client) -> None:
    rows.make_digest(title="The day alone")
    make_week(title="The whole week")
    assert [entry.title for entry in feedparser.parse(client.get("/feed.xml").content).entries] == ["The day alone"]


def test_a_draft_is_shown_to_nobody_and_before_the_first_week_the_page_says_when(client: Client) -> None:
    make_week(state="draft", published_at=None)
    assert client.get("/weekly/2026/03/25/").status_code == 404
    page = client.get("/weekly/")
    assert page.status_code == 200
    assert "The first one is made at the next cut-off" in page.text


def test_the_sample_has_no_weekly_edition(client: Client, settings: Settings) -> None:
    settings.SAMPLE, settings.EDITION = True, "sample"
    make_week()
    rows.make_digest(edition=rows.make_edition("sample"))
    assert [client.get(path).status_code for path in ("/weekly/", "/weekly/2026/03/25.json")] == [404, 404]
    assert "/weekly/" not in client.get("/").text + client.get("/archive/").text


def test_the_next_week_closes_on_the_day_of_the_settings(client: Client, settings: Settings) -> None:
    from newsdesk.site.shelf import weekly_schedule

    settings.WEEKLY_DAY = "wednesday"
    assert weekly_schedule(rows.CUT_OFF - timedelta(minutes=1)).next_at == rows.CUT_OFF
    assert weekly_schedule(rows.CUT_OFF).next_at == rows.CUT_OFF + timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 25), "Week of 19 to 25 March 2026"),
        (date(2026, 3, 2), "Week of 24 February to 2 March 2026"),
        (date(2026, 1, 5), "Week of 30 December 2025 to 5 January 2026"),
    ],
)
def test_a_week_in_words(day: date, words: str) -> None:
    assert week(day) == words

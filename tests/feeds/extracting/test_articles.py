"""Articles and their texts as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feeds.extracting.articles import record_verdict, stand_in_feed_text
from feeds.extracting.extract import CLAIM, adopt_feed_text, extract_pending
from feeds.extracting.verdict import Page
from feeds.models import Article, ArticleText, Entry, Feed
from tests.feeds.extracting.rows import NOW, SENTENCES, SUMMARY, article_of, make_entry, page
from tests.servers.publisher import Publisher as Server
from tests.servers.publisher import Reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("allow")]


def test_a_result_for_an_entry_that_changed_meanwhile_is_dropped(feed: Feed) -> None:
    entry = make_entry(feed, "https://outlet.example/a", extraction_claimed_until=NOW + CLAIM)
    Entry.objects.update(content_hash="changed")
    assert not record_verdict(entry, Page("text/html"), now=NOW)
    assert not Article.objects.exists()
    assert Entry.objects.extraction_due(NOW).exists()


def test_equal_texts_are_stored_once(publisher: Server, feed: Feed) -> None:
    publisher.routes |= {"/0": page(), "/1": page()}
    first, second = make_entry(feed, publisher.url("/0")), make_entry(feed, publisher.url("/1"))
    assert extract_pending(now=NOW) == 2
    assert article_of(first).text_id == article_of(second).text_id
    assert ArticleText.objects.count() == 1


def test_adopting_gives_every_entry_without_an_article_the_feeds_text(
    publisher: Server, feed: Feed, django_assert_max_num_queries: Any
) -> None:
    publisher.routes["/done"] = page()
    done = make_entry(feed, publisher.url("/done"))
    extract_pending(now=NOW)
    entries = [make_entry(feed, "", title=f"Title {number % 7}") for number in range(600)]
    with django_assert_max_num_queries(30):
        assert adopt_feed_text(now=NOW) == 600
    assert adopt_feed_text(now=NOW) == 0
    assert article_of(entries[599]).text.text == f"Title {599 % 7}\n\n{SUMMARY}"
    assert article_of(done).outcome == "done"


def test_adopting_some_entries_leaves_the_others(feed: Feed) -> None:
    first, second = make_entry(feed, ""), make_entry(feed, "")
    assert adopt_feed_text([first], now=NOW) == 1
    assert adopt_feed_text([first], now=NOW) == 0
    assert not Article.objects.filter(entry=second).exists()


def test_the_feeds_text_stands_in_until_the_page_is_read(feed: Feed, publisher: Server) -> None:
    publisher.routes["/a"] = Reply(page())
    entry = make_entry(feed, publisher.url("/a"))
    old = make_entry(feed, publisher.url("/b"), seen_at=NOW - timedelta(days=2))
    assert stand_in_feed_text(since=NOW - timedelta(days=1), now=NOW) == 1
    assert Article.objects.get(entry=entry).text.text.endswith(SUMMARY)
    assert not Article.objects.filter(entry=old).exists()
    assert entry in Entry.objects.extraction_due(NOW)
    assert extract_pending(now=NOW, since=NOW - timedelta(days=1)) == 1
    article = Article.objects.get(entry=entry)
    assert (article.outcome, article.origin, article.attempts) == ("done", "page", 1)
    assert SENTENCES[1] in article.text.text

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from feeds.models import Article, ArticleText, Entry, Feed
from feeds.parsing.parsed import ParsedEntry
from feeds.polling.store import Stored, store
from tests.feeds.rows import NOW, make_feed, parsed_entry, parsed_feed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def feed() -> Feed:
    """A feed that was polled before."""
    return make_feed(succeeded_at=NOW - HOUR)


def put(feed: Feed, *entries: ParsedEntry, after: timedelta = timedelta(0)) -> Stored:
    return store(feed, parsed_feed(*entries), now=NOW + after)


def titles(feed: Feed) -> list[str]:
    return list(feed.entries.order_by("title").values_list("title", flat=True))


def test_the_same_document_again_changes_nothing(feed: Feed) -> None:
    entries = [parsed_entry(number) for number in range(5)]
    assert put(feed, *entries) == Stored(inserted=5)
    before = list(Entry.objects.order_by("pk").values())
    assert put(feed, *entries, after=HOUR) == Stored(unchanged=5)
    assert list(Entry.objects.order_by("pk").values()) == before


def test_an_entry_that_left_the_feed_stays(feed: Feed) -> None:
    put(feed, parsed_entry(1), parsed_entry(2))
    put(feed, parsed_entry(2), after=HOUR)
    put(feed, after=2 * HOUR)
    assert titles(feed) == ["Story number 1", "Story number 2"]


def test_a_changed_entry_is_updated_and_keeps_when_it_was_seen(feed: Feed) -> None:
    put(feed, parsed_entry(1))
    assert put(feed, parsed_entry(1, title="Corrected"), after=HOUR) == Stored(updated=1)
    entry = feed.entries.get()
    assert (entry.title, entry.seen_at, entry.updated_at) == ("Corrected", NOW, NOW + HOUR)


def test_a_date_that_changes_with_every_poll_is_no_change(feed: Feed) -> None:
    put(feed, parsed_entry(1))
    assert put(feed, parsed_entry(1, published_at=NOW + HOUR), after=HOUR) == Stored(unchanged=1)
    assert feed.entries.get().published_at == NOW


def test_a_future_date_is_clamped_to_when_we_saw_it(feed: Feed) -> None:
    put(feed, parsed_entry(1, published_at=NOW.replace(year=2999)))
    assert feed.entries.get().published_at == NOW


class TestBacklog:
    def test_is_seen_when_it_was_published(self) -> None:
        feed = make_feed()
        put(feed, parsed_entry(1, published_at=NOW - 5 * HOUR), parsed_entry(2, published_at=NOW.replace(year=2999)))
        assert [entry.seen_at for entry in feed.entries.order_by("guid")] == [NOW - 5 * HOUR, NOW]

    @pytest.mark.parametrize(
        ("age", "is_news"), [(47 * HOUR, True), (49 * HOUR, False), (None, False)], ids=["fresh", "old", "undated"]
    )
    def test_is_news_only_when_dated_and_fresh(self, age: timedelta | None, is_news: bool) -> None:
        feed = make_feed()
        put(feed, parsed_entry(1, published_at=None if age is None else NOW - age))
        assert feed.entries.get().is_news is is_news

    @pytest.mark.parametrize(
        ("age", "is_news"), [(71 * HOUR, True), (73 * HOUR, False), (None, True)], ids=["fresh", "old", "undated"]
    )
    def test_later_polls_see_now_and_take_undated_as_news(
        self, feed: Feed, age: timedelta | None, is_news: bool
    ) -> None:
        put(feed, parsed_entry(1, published_at=None if age is None else NOW - age))
        entry = feed.entries.get()
        assert (entry.seen_at, entry.is_news) == (NOW, is_news)


class TestIdentity:
    """F13: guids missing, doubled, all changed, reused."""

    def test_a_missing_guid_is_replaced_by_the_address(self, feed: Feed) -> None:
        entry = parsed_entry(1, guid="", url="https://www.news.example/1/?utm_source=rss")
        put(feed, entry)
        assert feed.entries.get().guid == "https://news.example/1"
        assert put(feed, replace(entry, title="Changed", url="https://news.example/1"), after=HOUR) == Stored(updated=1)

    def test_without_guid_and_address_title_and_date_name_an_entry(self, feed: Feed) -> None:
        entries = [parsed_entry(number, guid="", url="") for number in (1, 2)]
        assert put(feed, *entries, entries[0]) == Stored(inserted=2)
        assert put(feed, *entries, after=HOUR) == Stored(unchanged=2)

    def test_entries_without_guid_that_share_an_address_stay_apart(self, feed: Feed) -> None:
        entries = [parsed_entry(number, guid="", url="https://news.example/") for number in (1, 2)]
        assert put(feed, *entries) == Stored(inserted=2)
        assert put(feed, *entries, after=HOUR) == Stored(unchanged=2)

    def test_a_guid_on_several_entries_names_none_of_them(self, feed: Feed) -> None:
        entries = [parsed_entry(number, guid="0") for number in (1, 2, 3)]
        assert put(feed, *entries) == Stored(inserted=3)
        assert put(feed, *entries, after=HOUR) == Stored(unchanged=3)

    def test_an_entry_twice_in_a_document_is_stored_once(self, feed: Feed) -> None:
        assert put(feed, parsed_entry(1), parsed_entry(1, title="Older copy")) == Stored(inserted=1)
        assert titles(feed) == ["Story number 1"]

    def test_a_reused_guid_updates(self, feed: Feed) -> None:
        put(feed, parsed_entry(1))
        assert put(feed, parsed_entry(1, title="New text", summary="All new"), after=HOUR) == Stored(updated=1)

    def test_a_long_guid_is_stored_as_its_hash(self, feed: Feed) -> None:
        first, second = parsed_entry(1, guid="x" * 600 + "1"), parsed_entry(2, guid="x" * 600 + "2")
        assert put(feed, first, second) == Stored(inserted=2)
        assert put(feed, first, second, after=HOUR) == Stored(unchanged=2)
        assert {len(entry.guid) for entry in feed.entries.all()} == {64}

    def test_new_guids_for_known_addresses_make_no_new_entries(self, feed: Feed) -> None:
        entries = [parsed_entry(number) for number in range(30)]
        put(feed, *entries)
        renumbered = [replace(entry, guid=f"new-{entry.guid}") for entry in entries]
        assert put(feed, *renumbered, after=HOUR) == Stored(updated=30)
        assert put(feed, *renumbered, after=2 * HOUR) == Stored(unchanged=30)

    def test_new_guids_and_addresses_for_known_texts_make_no_new_entries(self, feed: Feed) -> None:
        entries = [parsed_entry(number) for number in range(30)]
        put(feed, *entries)
        moved = [
            replace(entry, guid=f"n{n}", url=f"https://new.example/{n}", published_at=NOW + HOUR)
            for n, entry in enumerate(entries)
        ]
        assert put(feed, *moved, after=HOUR) == Stored(updated=30)

    def test_undated_entries_of_a_renumbered_feed_are_no_news(self, feed: Feed) -> None:
        put(feed, *(parsed_entry(number, published_at=None) for number in range(30)))
        put(feed, *(parsed_entry(number, published_at=None) for number in range(100, 130)), after=HOUR)
        assert feed.entries.filter(is_news=True).count() == 30

    def test_many_new_entries_beside_known_ones_are_news(self, feed: Feed) -> None:
        put(feed, parsed_entry(1))
        put(feed, *(parsed_entry(number, published_at=None) for number in range(1, 40)), after=HOUR)
        assert feed.entries.filter(is_news=True).count() == 39

    def test_a_new_entry_at_the_address_of_one_still_there_is_new(self, feed: Feed) -> None:
        old = parsed_entry(1, url="https://news.example/status")
        put(feed, old)
        new = parsed_entry(2, url="https://news.example/status")
        assert put(feed, new, old, after=HOUR) == Stored(inserted=1, unchanged=1)

    def test_the_same_words_on_another_day_are_a_new_entry(self, feed: Feed) -> None:
        put(feed, parsed_entry(1, title="Open thread", summary=""))
        later = parsed_entry(2, title="Open thread", summary="", published_at=NOW + 24 * HOUR)
        assert put(feed, later, after=24 * HOUR) == Stored(inserted=1)

    def test_feeds_do_not_share_entries(self, feed: Feed) -> None:
        other = make_feed("https://other.example/feed", succeeded_at=NOW)
        assert put(feed, parsed_entry(1)) == put(other, parsed_entry(1)) == Stored(inserted=1)


class TestArticle:
    @pytest.fixture
    def article(self, feed: Feed) -> Article:
        put(feed, parsed_entry(1, body="The whole text."))
        text = ArticleText.objects.create(sha256="0" * 64, text="Story number 1\n\nThe whole text.", created_at=NOW)
        return Article.objects.create(
            entry=feed.entries.get(), outcome=Article.Outcome.DONE, text=text, attempts=1, extracted_at=NOW
        )

    @pytest.mark.parametrize("change", [{"title": "Corrected"}, {"body": "The whole text, corrected."}])
    def test_changed_text_is_read_again(self, feed: Feed, article: Article, change: dict[str, str]) -> None:
        put(feed, parsed_entry(1, **{"body": "The whole text.", **change}), after=HOUR)
        assert list(Entry.objects.extraction_due(NOW + HOUR)) == [article.entry]

    @pytest.mark.parametrize("change", [{"author": "Ada"}, {"summary": "3 comments"}])
    def test_other_changes_leave_the_article_alone(self, feed: Feed, article: Article, change: dict[str, str]) -> None:
        assert put(feed, parsed_entry(1, body="The whole text.", **change), after=HOUR) == Stored(updated=1)
        assert not Entry.objects.extraction_due(NOW + HOUR).exists()


def test_storing_takes_few_queries(feed: Feed, django_assert_max_num_queries: object) -> None:
    entries = [parsed_entry(number) for number in range(200)]
    put(feed, *entries)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        put(feed, *entries, after=HOUR)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_feed_store_each_entry_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    feed = make_feed(succeeded_at=NOW - HOUR)
    together = threading.Barrier(4)

    def work(number: int) -> Stored:
        try:
            together.wait(timeout=10)
            return put(feed, *(parsed_entry(number) for number in range(200)))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert sorted(result.inserted for result in results) == [0, 0, 0, 200]
    assert feed.entries.count() == 200

"""Entries, found by feed, words or address."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.admin.lists import SEARCHED_ENTRIES
from feeds.models import Entry
from feeds.polling.store import store
from tests.feeds.rows import NOW, make_feed, parsed_entry, parsed_feed

pytestmark = pytest.mark.django_db


def test_entries_are_found_by_feed_by_words_and_by_address(admin_client: Client) -> None:
    one, other = make_feed("https://a.example/feed"), make_feed("https://b.example/feed")
    store(one, parsed_feed(parsed_entry(1, title="Tarn opens a shop"), parsed_entry(2, title="A shop closes")), now=NOW)
    store(other, parsed_feed(parsed_entry(3, title="Tarn moves")), now=NOW)

    def found(**query: str) -> set[str]:
        page = admin_client.get("/admin/feeds/entry/", query)
        assert page.status_code == 200
        return {entry.title for entry in page.context["cl"].result_list}

    assert found(feed=str(one.pk)) == {"Tarn opens a shop", "A shop closes"}
    assert found(q="tarn") == {"Tarn opens a shop", "Tarn moves"}
    assert found(q="shop tarn") == {"Tarn opens a shop"}
    assert found(q="tarn", feed=str(other.pk)) == {"Tarn moves"}
    assert found(q="https://news.example/2?utm_source=x") == {"A shop closes"}
    assert found(feed="x") == set()
    assert len(found(feed="")) == Entry.objects.count() < SEARCHED_ENTRIES

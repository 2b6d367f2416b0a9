from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feeds.polling.store import store
from tests.feeds.rows import NOW, make_feed, parsed_entry, parsed_feed

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def rows() -> None:
    for number in range(3):
        feed = make_feed(f"https://news.example/{number}", last_error=HOSTILE, last_error_code="timeout")
        store(feed, parsed_feed(parsed_entry(number, title=HOSTILE)), now=NOW)


@pytest.mark.parametrize("model", ["publisher", "feed", "entry"])
def test_lists_search_and_escape_in_few_queries(
    admin_client: Client, rows: None, model: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        page = admin_client.get(reverse(f"admin:feeds_{model}_changelist"), {"q": "a"})
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_the_health_of_a_feed_is_shown_in_plain_words(admin_client: Client) -> None:
    make_feed(last_error="The server did not answer in time.", last_error_code="timeout", failure_count=3)
    page = admin_client.get(reverse("admin:feeds_feed_changelist"))
    assert b"The server did not answer in time." in page.content


@pytest.mark.parametrize(("model", "action"), [("entry", "add"), ("entry", "delete"), ("feed", "delete")])
def test_entries_stay_and_feeds_are_not_deleted(admin_client: Client, rows: None, model: str, action: str) -> None:
    arguments = [] if action == "add" else [1]
    page = admin_client.post(reverse(f"admin:feeds_{model}_{action}", args=arguments))
    assert page.status_code == 403

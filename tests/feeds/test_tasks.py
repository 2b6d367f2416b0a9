from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from feeds.tasks import extract, poll
from tests.feeds.documents import item, rss
from tests.feeds.rows import make_feed
from tests.servers.publisher import Publisher, Reply

pytestmark = pytest.mark.django_db


def test_the_stages_have_the_names_that_the_sweep_wakes() -> None:
    assert (poll.name, extract.name) == ("feeds.tasks.poll", "feeds.tasks.extract")


def test_poll_counts_changed_entries_and_does_nothing_twice(publisher: Publisher, settings: Any) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/feed"] = Reply(rss(item(1), item(2)), content_type="application/rss+xml")
    make_feed(publisher.url("/feed"), next_poll_at=timezone.now())
    assert poll() == 2
    assert poll() == 0

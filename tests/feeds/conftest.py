"""Somebody who may edit feeds, a publisher's row, and a publisher's server with one good feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from feeds.models import Publisher as PublisherRow
from tests.feeds.desk import FEED, PAGE, editor
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply


@pytest.fixture
def site(publisher: Publisher, settings: Settings) -> Iterator[Publisher]:
    """A publisher whose address is exempt from the guard, with one good feed."""
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    dated = item(1, title="The first", date="Tue, 10 Mar 2026 09:00:00 GMT")
    newer = item(2, title="The second", date="Tue, 10 Mar 2026 11:00:00 GMT")
    publisher.routes["/feed"] = Reply(rss(dated, newer, title="Example Weekly"), content_type=FEED)
    publisher.routes["/"] = Reply(PAGE)
    yield publisher


@pytest.fixture
def owner() -> PublisherRow:
    return PublisherRow.objects.create(slug="example", name="Example")


@pytest.fixture
def desk() -> Client:
    return editor("view_feed", "add_feed", "change_feed", "view_publisher", "add_publisher", "change_publisher")

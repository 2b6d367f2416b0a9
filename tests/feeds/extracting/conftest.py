"""The desk of these tests: a feed, and a publisher whose pages may be fetched."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from feeds.models import Feed, Publisher
from tests.feeds.extracting.rows import NOW
from tests.servers.publisher import Publisher as Server


@pytest.fixture
def allow(settings: Settings, publisher: Server) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    settings.SITE_URL = "https://desk.example"


@pytest.fixture
def feed() -> Feed:
    outlet = Publisher.objects.create(slug="outlet", name="Outlet")
    return Feed.objects.create(publisher=outlet, url="https://outlet.example/feed", next_poll_at=NOW)

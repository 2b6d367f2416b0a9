"""Loading the sample makes one publisher and one feed an outlet, however often and wherever it is served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.models import Feed, Publisher
from newsdesk.sample.load import load_sample
from newsdesk.sample.world import read_world

NOW = datetime(2026, 3, 10, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_but_the_address_and_the_next_poll() -> None:
    outlets = read_world().outlets
    assert load_sample("http://127.0.0.1:8765/", now=NOW) == len(outlets)
    ids = set(Feed.objects.values_list("pk", flat=True))
    later = NOW + timedelta(hours=1)
    assert load_sample("http://127.0.0.1:9000", now=later) == len(outlets)
    assert set(Feed.objects.values_list("pk", flat=True)) == ids
    assert Feed.objects.due(later).count() == Publisher.objects.count() == len(outlets)
    assert Feed.objects.get(publisher__slug="stannard").url == "http://127.0.0.1:9000/stannard/feed.xml"


@pytest.mark.django_db
def test_publishers_are_as_the_outlets_say() -> None:
    load_sample("http://127.0.0.1:8765", now=NOW)
    courier = Publisher.objects.get(slug="exchange-courier")
    assert courier.has_paywall and courier.kind == Publisher.Kind.REPORT
    sisters = Publisher.objects.filter(slug__in=["kernel-and-core", "uplink-daily"])
    assert {publisher.owner for publisher in sisters} == {"Brayfield Media"}
    assert Publisher.objects.get(slug="rechenzeit").language == "de"
    assert Feed.objects.get(publisher__slug="statute-and-signal").covers_only_ai
    for publisher in Publisher.objects.all():
        publisher.full_clean()

"""Every list page asks the database a constant number of questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.site import rows

pytestmark = pytest.mark.django_db


def _day(number: int, stories: int) -> None:
    made = [rows.make_story(rows.make_entry(title=f"Zebra {n}"), theme="compute") for n in range(stories)]
    rows.make_digest(rows.DAY - timedelta(days=number), stories=made)


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/2026/03/25/", 7),  # one for what became of its items
        ("/archive/", 3),
        ("/theme/compute/", 2),
        ("/search/?q=zebra", 2),
        ("/sources/", 3),
    ],
)
def test_the_number_of_queries_does_not_grow(client: Client, path: str, queries: int) -> None:
    _day(0, 3)
    few = _count(lambda: client.get(path))
    for number in range(1, 4):
        _day(number, 6)
    assert (few, _count(lambda: client.get(path))) == (queries, queries)


def test_a_long_story_costs_no_more_than_a_short_one(client: Client) -> None:
    short = rows.make_story(rows.make_entry())
    long = rows.make_story(*[rows.make_entry(title=f"Report {n}") for n in range(12)])
    counts = [_count(lambda story=story: client.get(f"/story/{story.public_id}/")) for story in (short, long)]
    assert counts[0] == counts[1] <= 6


def _count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)

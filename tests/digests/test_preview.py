"""Readers' preview of the next digest: made by the line, once at a time, and never while a reader waits."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from newsdesk.digests.building.preview import LEASE, LEAST_AGE, MOST_AGE, keep_preview
from newsdesk.digests.models import Preview
from newsdesk.lease import held_lease
from newsdesk.stories.models import Story
from tests.digests.recording import at, put_through, write_recording
from tests.site import rows

NOON = at("2025-05-06T12:00:00")
SECOND = timedelta(seconds=1)


@pytest.fixture
def replayed(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows.make_edition()  # a test that commits has emptied this table, too
    put_through(write_recording(tmp_path_factory.mktemp("recorded") / "stream.jsonl"), until=NOON)


def kept() -> Preview:
    return Preview.objects.get(edition__slug="daily")


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed")
def test_it_is_made_when_there_is_none_and_again_when_it_would_come_out_otherwise() -> None:
    assert keep_preview(now=NOON)
    first = kept()
    assert (first.made_at, first.document["date"], first.document["manifest"]["state"]) == (
        NOON,
        "2025-05-07",
        "preview",
    )
    # Nothing has happened since.
    assert not keep_preview(now=NOON + LEAST_AGE)
    Story.objects.update(classified_version=0)
    # Somebody reads it every second; it ranks a day.
    assert not keep_preview(now=NOON + LEAST_AGE - SECOND)
    assert keep_preview(now=NOON + LEAST_AGE)
    # Stories grow older though nothing comes in.
    assert not keep_preview(now=NOON + LEAST_AGE + MOST_AGE - SECOND)
    assert keep_preview(now=NOON + LEAST_AGE + MOST_AGE)
    # The next digest is another one from the cut-off on.
    cut_off = at("2025-05-07T07:00:00")
    assert keep_preview(now=cut_off - SECOND)
    assert keep_preview(now=cut_off + SECOND)
    assert kept().document["date"] == "2025-05-08"
    # One of a clock that had run ahead does not stay for ever.
    assert keep_preview(now=NOON)
    assert Preview.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed")
def test_who_finds_that_it_is_being_made_goes_on() -> None:
    with held_lease(LEASE, duration=timedelta(minutes=1), patience=timedelta()):
        assert not keep_preview(now=NOON)
        assert not Preview.objects.exists()
    assert keep_preview(now=NOON)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("replayed")
def test_of_many_at_once_one_makes_it() -> None:
    made = []

    def make() -> None:
        try:
            made.append(keep_preview(now=NOON))
        finally:
            connections.close_all()

    _at_once([make] * 4)
    assert sorted(made) == [False, False, False, True]


@pytest.mark.django_db
@pytest.mark.parametrize("is_made", [False, True])
def test_a_readers_request_makes_none(client: Client, is_made: bool, django_assert_max_num_queries: object) -> None:
    """Whatever is in: the page is read from one row."""
    now = timezone.now()
    rows.make_story(rows.make_entry(seen_at=now), first_seen_at=now, last_seen_at=now)
    if is_made:
        keep_preview(now=now)
    before = list(Preview.objects.values())
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        page = client.get("/preview/").text
    assert list(Preview.objects.values()) == before
    assert ("No preview yet" in page) is not is_made
    assert bool(re.search(rf"Put together at <time[^>]*>[^<]*{now:%H:%M} UTC</time>\.", page)) is is_made


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed")
def test_one_of_a_date_that_is_due_is_not_shown(client: Client) -> None:
    keep_preview(now=NOON)
    assert kept().document["window"]["to"] < timezone.now().isoformat()
    page = client.get("/preview/").text
    assert "No preview yet" in page
    assert kept().document["items"][0]["headline"] not in page


def _at_once(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

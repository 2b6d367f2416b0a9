"""The same task twice at once, and a day late: what it does is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from feeds.extracting.extract import extract_pending
from feeds.models import Article, Entry, Feed, Publisher
from feeds.polling.poll import poll_due
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.publish import publish_due
from newsdesk.digests.window import Hours
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Fingerprint, FingerprintKey, Story
from tests.line.outlets import OUTLETS, STORIES, publish
from tests.servers.publisher import Publisher as Server

STAGES = (poll_due, extract_pending, dedupe_pending, cluster_pending, classify_pending, publish_due)
ENTRIES = len(OUTLETS) * len(STORIES)


def twice_at_once(stage: Callable[..., object], now: datetime) -> None:
    """Run a stage in two threads that begin together, each with a connection of its own."""
    start, failures = threading.Barrier(2), list[Exception]()

    def run() -> None:
        try:
            start.wait()
            stage(now=now)
        except Exception as error:  # noqa: BLE001  (whatever it is, the test must hear of it)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, (stage, failures)


@pytest.mark.django_db(transaction=True)
def test_every_stage_twice_at_once_and_a_day_late_does_its_work_once(publisher: Server, settings: Any) -> None:
    for slug in (settings.EDITION, "weekly"):  # a test that commits empties these tables, too
        Edition.objects.get_or_create(slug=slug, defaults={"title": slug.title()})
    now = timezone.now()
    day = Hours.of_settings().latest_date(now)
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    for name, url in zip(OUTLETS, publish(publisher, Hours.of_settings().cut_off(day)), strict=True):
        outlet = Publisher.objects.create(slug=name, name=name.title())
        Feed.objects.create(publisher=outlet, url=url, language="en", covers_only_ai=True, next_poll_at=now)
    for stage in STAGES:
        twice_at_once(stage, now + timedelta(seconds=1))

    asked = publisher.paths()
    assert len(asked) == len(set(asked)) == len(OUTLETS) + ENTRIES
    assert (Entry.objects.count(), Article.objects.count(), Fingerprint.objects.count()) == (ENTRIES,) * 3
    assert (Coverage.objects.count(), Story.objects.count()) == (ENTRIES, len(STORIES))
    keys = list(FingerprintKey.objects.values_list("fingerprint", "key"))
    assert len(keys) == len(set(keys))
    of_the_day = Digest.objects.filter(edition__slug=settings.EDITION)
    published = list(of_the_day.filter(state="published").values("pk", "date", "published_at", "title"))
    assert [digest["date"] for digest in published] == [day]

    versions = dict(Story.objects.values_list("public_id", "version"))
    for stage in STAGES:
        twice_at_once(stage, now + timedelta(days=1))
    assert publisher.paths()[len(asked) :].count(f"/{OUTLETS[0]}/feed") == 1  # it was due again
    assert (Entry.objects.count(), Coverage.objects.count()) == (ENTRIES, ENTRIES)
    assert dict(Story.objects.values_list("public_id", "version")) == versions
    assert list(of_the_day.filter(date=day).values("pk", "date", "published_at", "title")) == published

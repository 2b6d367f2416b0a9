"""The whole line in one process: from what three outlets serve to the page a reader sees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from feeds.extracting.extract import extract_pending
from feeds.models import Article, Entry, Feed, Publisher
from feeds.polling.poll import poll_due
from newsdesk.digests.models import Digest
from newsdesk.digests.publish import publish_due
from newsdesk.digests.window import Hours
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Fingerprint
from tests.line.outlets import OUTLETS, STORIES, publish
from tests.servers.publisher import Publisher as Server
from tests.servers.publisher import Reply

BAD = ("login", "broken", "dead")
pytestmark = pytest.mark.django_db


def test_from_three_feeds_to_the_page(publisher: Server) -> None:
    now = timezone.now()
    day = Hours.of_settings().latest_date(now)
    urls = publish(publisher, Hours.of_settings().cut_off(day))
    # What goes wrong elsewhere does not keep the rest from going on.
    publisher.routes["/login"] = Reply(b"<html><body>Please log in</body></html>")
    publisher.routes["/broken"] = Reply(b"<rss><channel><item><title>Cut o", content_type="application/rss+xml")
    bad = [publisher.url("/login"), publisher.url("/broken"), "http://127.0.0.1:9/dead"]
    for name, url in zip((*OUTLETS, *BAD), (*urls, *bad), strict=True):
        outlet = Publisher.objects.create(slug=name, name=name.title())
        Feed.objects.create(publisher=outlet, url=url, language="en", covers_only_ai=True, next_poll_at=now)

    with override_settings(FETCH_ALLOWED_ADDRESSES=frozenset({publisher.address, "127.0.0.1:9"})):
        poll_due(now=now)
        extract_pending(now=now)
        for stage in (dedupe_pending, cluster_pending, classify_pending, publish_due):
            stage(now=now + timedelta(seconds=1))

    assert set(Feed.objects.exclude(failure_count=0).values_list("publisher__slug", flat=True)) == set(BAD)
    assert all(Feed.objects.filter(publisher__slug__in=BAD).values_list("last_error", flat=True))
    entries = Entry.objects.filter(feed__publisher__slug__in=OUTLETS)
    assert entries.count() == len(OUTLETS) * len(STORIES)
    assert Article.objects.filter(entry__in=entries, origin=Article.Origin.PAGE).count() == entries.count()
    assert Fingerprint.objects.exclude(original=None).count() == len(STORIES)
    stories: dict[int, set[str]] = {}
    for guid, story in Coverage.objects.filter(entry__in=entries).values_list("entry__guid", "story"):
        stories.setdefault(story, set()).add(guid.rpartition("-")[2])
    assert sorted(stories.values(), key=min) == [{str(number)} for number in range(len(STORIES))]

    digest = Digest.objects.get(edition__slug="daily", date=day, state=Digest.State.PUBLISHED)
    page = Client().get("/", headers={"host": "127.0.0.1"})
    assert page.status_code == 200
    text = page.content.decode()
    for item in digest.items.all():
        assert re.sub(r"\W+", " ", item.headline) in re.sub(r"\W+", " ", re.sub(r"&#x27;|&#39;", "'", text))
    assert digest.items.count() == len(STORIES)
    assert publisher.url("/signal/0") in text
    assert not page.cookies

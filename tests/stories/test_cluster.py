from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from newsdesk.lease import take_lease
from newsdesk.stories.clustering import cluster as cluster_module
from newsdesk.stories.clustering.cluster import LEASE, cluster_pending
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.clustering.open_stories import WINDOW
from newsdesk.stories.clustering.rebuild import rebuild_clusterer, window_rows
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.pending import audit_pending
from tests.stories.labelled import invented
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db


def invent_entries() -> int:
    """The invented labelled items as rows, ready to be clustered; how many."""
    records = invented()
    for record in records:
        hours = (record.first_seen - at(0)) / timedelta(hours=1)
        entry_of(record.title, record.body or record.summary, publisher=record.source, hours=hours, url=record.url)
    dedupe_pending(now=at(200))
    return len(records)


def stories() -> dict[int, tuple[str, str, float | None]]:
    rows = Coverage.objects.select_related("story")
    return {row.entry_id: (row.story.public_id, row.role, row.similarity) for row in rows}


def forget() -> None:
    """What a restart of the process does."""
    cluster_module._left = None


def test_batches_of_any_size_with_restarts_give_what_one_run_gives() -> None:
    count = invent_entries()
    assert cluster_pending(now=at(200)) == count
    whole, headlines = stories(), dict(Story.objects.values_list("public_id", "headline"))

    dice = random.Random(5)
    for _ in range(3):
        Coverage.objects.all().delete()
        Story.objects.all().delete()
        assert audit_pending() == count
        done = 0
        while step := cluster_pending(now=at(200), limit=dice.randint(1, 9)):
            done += step
            if dice.random() < 0.7:
                forget()
        assert done == count
        assert stories() == whole
        assert dict(Story.objects.values_list("public_id", "headline")) == headlines


def test_a_process_goes_on_with_what_it_knows_unless_rows_changed() -> None:
    invent_entries()
    cluster_pending(now=at(200), limit=10)
    known = cluster_module._left
    assert known is not None and known[1] == window_rows()
    cluster_pending(now=at(200), limit=1)
    assert cluster_module._left is not None and cluster_module._left[0] is known[0]

    row = Coverage.objects.order_by("id").last()
    assert row is not None
    story = Story.objects.exclude(pk=row.story_id).first()
    assert story is not None
    Coverage.objects.filter(pk=row.pk).update(story=story)
    Story.objects.filter(pk=story.pk).update(version=story.version + 1)
    cluster_pending(now=at(200), limit=1)
    assert cluster_module._left is not None and cluster_module._left[0] is not known[0]


def test_a_second_writer_does_nothing_while_the_first_holds_the_lease() -> None:
    invent_entries()
    assert take_lease(LEASE, "another", now=timezone.now(), duration=timedelta(minutes=1))

    assert cluster_pending(now=at(200)) == 0
    assert not Coverage.objects.exists()


def test_a_writer_that_died_is_succeeded_when_its_lease_expires() -> None:
    count = invent_entries()
    take_lease(LEASE, "dead", now=timezone.now() - timedelta(minutes=2), duration=timedelta(minutes=1))

    assert cluster_pending(now=at(200)) == count


def test_every_change_bumps_the_version() -> None:
    entry_of("Kelp Labs sues Brine AI over stolen harbour model weights", publisher="One")
    dedupe_pending(now=at(1))
    cluster_pending(now=at(1))
    story = Story.objects.get()
    assert story.version == 1

    entry_of("Brine AI sued by Kelp Labs over stolen harbour model weights", publisher="Two", hours=1)
    dedupe_pending(now=at(2))
    cluster_pending(now=at(2))
    story.refresh_from_db()
    assert (story.version, story.last_seen_at, story.coverage.count()) == (2, at(1), 2)


def test_a_copy_goes_where_its_original_is_and_old_backlog_is_left_out() -> None:
    body = "The harbour of Brest has bought forty cranes that plan their own day, the port authority said. " * 4
    entry_of("Brest harbour buys forty self-planning cranes", body, publisher="One")
    entry_of("Forty smart cranes", body, publisher="Two", hours=1)
    entry_of("A story of last year", publisher="Three", hours=-2, is_news=False)
    dedupe_pending(now=at(2))

    assert cluster_pending(now=at(2)) == 2
    assert list(Coverage.objects.order_by("entry__seen_at").values_list("role", flat=True)) == ["report", "copy"]
    assert Story.objects.count() == 1


def test_a_late_arrival_is_placed_among_the_open_stories() -> None:
    for hours, publisher in ((0, "One"), (1, "Two")):
        entry_of("Kelp Labs sues Brine AI over stolen harbour model weights", "", publisher=publisher, hours=hours)
    dedupe_pending(now=at(2))
    cluster_pending(now=at(2))
    entry_of("Brine AI sued by Kelp Labs over stolen harbour model weights", publisher="Late", hours=-3)
    ancient = entry_of(
        "Brine AI sued by Kelp over harbour model", publisher="Ancient", hours=-3 - WINDOW / timedelta(hours=1)
    )
    dedupe_pending(now=at(3))
    cluster_pending(now=at(3))

    story = Story.objects.order_by("id").first()
    assert story is not None
    assert story.coverage.count() == 3 + (Coverage.objects.get(entry=ancient).story == story)
    assert story.first_seen_at <= at(-3)
    forget()
    assert len(rebuild_clusterer()) >= 1


def test_public_ids_are_permanent_and_grow_on_collision() -> None:
    short = story_public_id("https://a.example/feed", "1")
    assert len(short) == 10
    assert story_public_id("https://a.example/feed", "1") == short
    longer = story_public_id("https://a.example/feed", "1", {short})
    assert len(longer) == 16 and longer.startswith(short)

    entry, other = entry_of("Tide sensors now forecast storms a day ahead"), entry_of("Port of Brest buys cranes")
    taken = Story.objects.create(
        public_id=story_public_id(entry.feed.url, entry.guid),
        headline="x",
        first_seen_at=at(-999),
        last_seen_at=at(-999),
    )
    Coverage.objects.create(entry=other, story=taken, clustered_at=at(0))
    dedupe_pending(now=at(1))
    cluster_pending(now=at(1))
    assert len(Coverage.objects.get(entry=entry).story.public_id) == 16


def test_a_story_without_coverage_is_founded_anew_by_its_first_entry() -> None:
    entry = entry_of("Tide sensors now forecast storms a day ahead", hours=5)
    dedupe_pending(now=at(6))
    cluster_pending(now=at(6))
    story = Story.objects.get()
    Coverage.objects.all().delete()
    assert audit_pending() == 1
    other = Story.objects.create(public_id="other", headline="x", first_seen_at=at(0), last_seen_at=at(0))
    Story.objects.filter(pk=story.pk).update(merged_into=other, first_seen_at=at(-999))

    cluster_pending(now=at(7))
    story.refresh_from_db()
    assert Coverage.objects.get(entry=entry).story == story
    assert (story.merged_into, story.first_seen_at, story.version) == (None, at(5), 2)

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count
from django.utils import timezone

from newsdesk.journal.hand import Hand
from newsdesk.lease import take_lease
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.move import move_entries
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.clustering.cluster import LEASE, cluster_pending
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Constraint, Coverage, Story
from tests.stories.desk import NOW, invent_stories, places, story_of, together
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
EVER = at(-9999)


def test_nothing_changes_where_nothing_was_said() -> None:
    invent_stories()
    before = list(Coverage.objects.order_by("entry_id").values())
    versions = dict(Story.objects.values_list("public_id", "version"))
    for since in (EVER, at(24), at(60)):
        done = recluster(since, now=at(500))
        assert (done.moved, done.stories) == (0, 0)
    assert recluster(EVER, now=NOW).entries == len(before)
    assert list(Coverage.objects.order_by("entry_id").values()) == before
    assert dict(Story.objects.values_list("public_id", "version")) == versions


@pytest.mark.parametrize("since", [EVER, at(30)])
def test_a_merge_a_split_and_a_move_survive_it(since) -> None:
    invent_stories()
    by_size = list(Story.objects.annotate(size=Count("coverage")).order_by("-size", "pk"))
    machines = together()
    big, second, third = by_size[:3]
    lonely = by_size[-1]
    merge_stories([third, lonely], hand=Hand(None, NOW))
    half = [row.entry_id for row in big.coverage.filter(role="report").order_by("-entry__seen_at")[:2]]
    parted = split_story(big, half, hand=Hand(None, NOW))
    row = second.coverage.filter(role="report").order_by("-entry__seen_at").first()
    assert row is not None
    move_entries([row.entry_id], Story.objects.get(pk=third.merged_into_id or third.pk), hand=Hand(None, NOW))
    edited, stood = together(), places()
    assert edited != machines

    recluster(since, now=NOW)
    assert together() == edited
    assert places() == stood
    assert Coverage.objects.filter(story=parted).exists()

    # Without the editors' word the line would do as before: so the word it is that held.
    Constraint.objects.update(is_withdrawn=True)
    recluster(EVER, now=NOW)
    assert together() == machines


def test_stories_keep_their_ids_when_they_fall_apart_and_come_together() -> None:
    title = "Kelp Labs sues Brine AI over stolen harbour model weights"
    first = entry_of(title, publisher="One")
    second = entry_of("Port of Brest buys forty cranes", publisher="Two", hours=1)
    wrong, apart = story_of(first, second), story_of(entry_of(title, publisher="Three", hours=2))
    follower = story_of(entry_of("Ferries stay in port for the storm", publisher="Four", hours=9), thread=apart)
    revise_story(apart, hand=Hand(None, NOW), headline="Kelp v Brine", is_pinned=True)

    done = recluster(EVER, now=NOW)
    assert done.moved == 2
    apart.refresh_from_db()
    wrong.refresh_from_db()
    follower.refresh_from_db()
    assert apart.merged_into == wrong and follower.thread == wrong
    assert (wrong.headline, wrong.is_pinned, wrong.last_seen_at) == ("Kelp v Brine", True, at(2))
    cranes = Coverage.objects.get(entry=second).story
    assert (cranes.headline, len(cranes.public_id), cranes.version) == ("Port of Brest buys forty cranes", 10, 1)
    assert recluster(EVER, now=NOW).moved == 0


def test_a_round_up_that_an_editor_merged_stays_where_it_was_put() -> None:
    report = story_of(entry_of("Kelp Labs sues Brine AI over stolen harbour model weights", publisher="One"))
    entry_of("The week in review: what you missed", publisher="Two", hours=1)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)
    review = Story.objects.exclude(pk=report.pk).get()
    merge_stories([report, review], hand=Hand(None, NOW))
    recluster(EVER, now=NOW)
    assert {story for story, _ in places().values()} == {report.public_id}
    assert sorted(role for _, role in places().values()) == ["report", "round_up"]


def test_an_entry_bound_to_a_story_long_closed_goes_there() -> None:
    early = story_of(entry_of("Kelp Labs sues Brine AI over harbour weights", publisher="One"))
    late = story_of(entry_of("Ferries stay in port for the storm", publisher="Two", hours=200))
    merge_stories([early, late], hand=Hand(None, NOW))
    stood = places()
    recluster(EVER, now=NOW)
    assert places() == stood


def test_the_lease_is_needed_and_the_command_says_so() -> None:
    take_lease(LEASE, "another", now=timezone.now(), duration=timedelta(milliseconds=300))
    invent_stories_later = entry_of("Port of Brest buys forty cranes")
    story_of(invent_stories_later)
    out = io.StringIO()
    call_command("recluster", since="2026-01-01", stdout=out, stderr=io.StringIO())
    assert out.getvalue() == "1 entries clustered again, 0 of them stand elsewhere now; 0 stories changed.\n"
    with pytest.raises(CommandError, match="not a time"):
        call_command("recluster", since="yesterday")

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.lease import take_lease
from newsdesk.stories.actions import editing as edit
from newsdesk.stories.actions.editing import ClusteringRuns
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.move import move_entries
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.clustering.cluster import LEASE
from newsdesk.stories.models import Coverage, Fingerprint, Story
from tests.stories.desk import NOW, editor, last_change, places, reports, said, story_of
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Story, Story]:
    """A story of three reports, and one of two that began later."""
    older = story_of(*reports("Kelp sues Brine", "Brine sued by Kelp", "Kelp and Brine in court"))
    return older, story_of(*reports("Port buys cranes", "Cranes for the port", hours=5))


def test_merging_keeps_the_story_with_the_older_first_entry(two: tuple[Story, Story]) -> None:
    older, younger = two
    kept = merge_stories([younger, older], hand=Hand(editor(), NOW))
    older.refresh_from_db()
    younger.refresh_from_db()
    assert kept == older
    assert (younger.merged_into, younger.coverage.count(), older.coverage.count()) == (older, 0, 5)
    assert (older.last_seen_at, older.version, older.edits) == (at(6), 2, 1)
    change = last_change(older)
    assert (change.verb, change.actor_name, change.made_at) == ("story.merge", "kim", NOW)
    assert last_change(younger).after["part_of"] == change.pk


def test_a_merged_story_leaves_its_follow_ups_and_what_editors_wrote_of_it(two: tuple[Story, Story]) -> None:
    older, younger = two
    follower = story_of(*reports("Cranes arrive", hours=20), thread=younger)
    Story.objects.filter(pk=older.pk).update(thread=younger)
    revise_story(younger, hand=Hand(None, NOW), headline="Cranes, at last", theme="compute", is_pinned=True)
    merge_stories([younger, older], hand=Hand(None, NOW))
    older.refresh_from_db()
    follower.refresh_from_db()
    assert (older.headline, older.is_headline_edited, older.theme, older.is_pinned) == (
        "Cranes, at last",
        True,
        "compute",
        True,
    )
    assert (older.thread, follower.thread) == (None, older)


def test_bad_merges_are_refused_in_a_sentence(two: tuple[Story, Story]) -> None:
    older, younger = two
    with pytest.raises(ActRefused, match="two stories at least"):
        merge_stories([older, older], hand=Hand(None, NOW))
    bare = Story.objects.create(public_id="bare", headline="Bare", first_seen_at=at(0), last_seen_at=at(0))
    with pytest.raises(ActRefused, match="Nothing covers “Bare”"):
        merge_stories([older, bare], hand=Hand(None, NOW))
    merge_stories([older, younger], hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="has been merged into “"):
        merge_stories([older, younger], hand=Hand(None, NOW))


def test_on_a_split_the_half_with_the_older_first_entry_keeps_the_id(two: tuple[Story, Story]) -> None:
    older, _ = two
    first, second, third = older.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    new = split_story(older, [first], hand=Hand(editor(), NOW))
    assert places()[first] == (older.public_id, "report")
    assert {places()[entry][0] for entry in (second, third)} == {new.public_id}
    assert len(new.public_id) == 10 and new.public_id != older.public_id
    older.refresh_from_db()
    new.refresh_from_db()
    assert (older.headline, older.last_seen_at) == ("Kelp sues Brine", at(0))
    assert (new.headline, new.first_seen_at, new.version, new.edits) == ("Brine sued by Kelp", at(1), 1, 1)
    assert new.merged_into is None and new.classified_version == 0


def test_a_split_gives_back_the_id_that_the_entries_founded_earlier(two: tuple[Story, Story]) -> None:
    older, younger = two
    entries = list(younger.coverage.values_list("entry", flat=True))
    merge_stories(two, hand=Hand(None, NOW))
    assert split_story(older, entries, hand=Hand(None, NOW)) == younger
    younger.refresh_from_db()
    assert (younger.merged_into, younger.first_seen_at) == (None, at(5))


def test_copies_go_along_with_their_original_and_count_as_reports_without_it() -> None:
    body = "The harbour of Brest has bought forty cranes that plan their own day, the port authority said. " * 4
    stays = entry_of("Ferries stay in port", publisher="Zero", hours=-1)
    original = entry_of("Brest harbour buys forty self-planning cranes", body, publisher="One")
    copy = entry_of("Forty smart cranes", body, publisher="Two", hours=1)
    story, other = story_of(stays, original, copy), story_of(*reports("Port buys cranes", hours=5))
    assert Fingerprint.objects.get(entry=copy).original == original
    Coverage.objects.filter(entry=copy).update(role="copy")

    new = split_story(story, [original.pk], hand=Hand(None, NOW))
    assert places()[copy.pk] == (new.public_id, "copy")
    assert said() == {("x", *sorted((stays.pk, original.pk)))}
    move_entries([copy.pk], other, hand=Hand(None, NOW))
    assert places()[copy.pk] == (other.public_id, "report")
    move_entries([original.pk, copy.pk][:1], other, hand=Hand(None, NOW))
    assert places()[original.pk] == (other.public_id, "report")


def test_bad_splits_are_refused_in_a_sentence(two: tuple[Story, Story]) -> None:
    older, younger = two
    entries = list(older.coverage.values_list("entry", flat=True))
    with pytest.raises(ActRefused, match="Tick"):
        split_story(older, [], hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="whole story"):
        split_story(older, entries, hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="not in the story any more"):
        split_story(younger, entries[:1], hand=Hand(None, NOW))


def test_moving_puts_entries_into_the_other_story_and_the_last_one_merges(two: tuple[Story, Story]) -> None:
    older, younger = two
    first, second, third = older.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    assert move_entries([third], younger, hand=Hand(None, NOW, 0), source=older) == younger
    younger.refresh_from_db()
    older.refresh_from_db()
    assert (younger.first_seen_at, older.last_seen_at, younger.edits, older.edits) == (at(2), at(1), 1, 1)
    assert Coverage.objects.get(entry=third).similarity is None

    move_entries([first, second], younger, hand=Hand(None, NOW))
    older.refresh_from_db()
    assert (older.merged_into, older.coverage.count()) == (younger, 0)


def test_bad_moves_are_refused_in_a_sentence(two: tuple[Story, Story]) -> None:
    older, younger = two
    here = list(older.coverage.values_list("entry", flat=True))
    with pytest.raises(ActRefused, match="Tick"):
        move_entries([], younger, hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="in that story already"):
        move_entries(here, older, hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="not in the story any more"):
        move_entries(here, younger, hand=Hand(None, NOW), source=younger)
    with pytest.raises(ActRefused, match="not in the story any more"):
        move_entries([entry_of("In no story").pk], younger, hand=Hand(None, NOW))


def test_the_second_of_two_editors_is_told_who_did_what(two: tuple[Story, Story]) -> None:
    older, younger = two
    entries = list(older.coverage.values_list("entry", flat=True))
    revise_story(older, hand=Hand(editor("jo"), NOW), headline="Kelp goes to court")
    for refused in (
        lambda: split_story(older, entries[:1], hand=Hand(None, NOW, 0)),
        lambda: move_entries(entries[:1], younger, hand=Hand(None, NOW, 0), source=older),
        lambda: revise_story(older, hand=Hand(None, NOW, 0), is_pinned=True),
    ):
        with pytest.raises(StaleEdit, match="jo renamed it: “Kelp sues Brine” → “Kelp goes to court”"):
            refused()
    assert len(places()) == 5 and older.coverage.count() == 3
    split_story(older, entries[:1], hand=Hand(None, NOW, 1))


def test_while_clustering_runs_an_editor_is_asked_to_try_again(two: tuple[Story, Story], settings) -> None:
    take_lease(LEASE, "the line", now=timezone.now(), duration=timedelta(minutes=1))
    began = timezone.now()
    with pytest.raises(ClusteringRuns, match="Clustering is running; try again"):
        merge_stories(two, hand=Hand(None, NOW))
    assert edit.PATIENCE <= timezone.now() - began < 3 * edit.PATIENCE
    assert not said() and Story.objects.exclude(merged_into=None).count() == 0


def test_what_editors_said_agrees_with_what_stands(two: tuple[Story, Story]) -> None:
    older, younger = two
    a, b, c = older.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    d, e = younger.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    merge_stories(two, hand=Hand(None, NOW))
    assert said() == {("=", a, other) for other in (b, c, d, e)}
    new = split_story(older, [c, d], hand=Hand(None, NOW))
    assert said() == {("=", a, b), ("=", a, e), ("=", c, d), ("x", a, c)}
    move_entries([a], new, hand=Hand(None, NOW))
    assert said() == {("=", a, c), ("=", a, d), ("=", c, d), ("=", b, e), ("x", a, b)}
    merge_stories([older, new], hand=Hand(None, NOW))
    assert said() == {("=", a, other) for other in (b, c, d, e)} | {("=", c, d), ("=", b, e)}


def test_two_stories_held_apart_stay_so_when_the_first_entry_of_one_goes(two: tuple[Story, Story]) -> None:
    older, younger = two
    a, b, c = older.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    new = split_story(older, [c], hand=Hand(None, NOW))
    move_entries([a], younger, hand=Hand(None, NOW))
    assert ("x", *sorted((b, c))) in said()
    assert new.coverage.count() == 1

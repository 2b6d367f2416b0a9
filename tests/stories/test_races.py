"""Two who write at once: an editor and the line, or two editors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Story
from tests.stories.desk import NOW, last_change, reports, story_of
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db(transaction=True)
# Long enough for the other thread to reach the row that is locked.
MEANWHILE_S = 0.4


def beside(work: Callable[[], object]) -> threading.Thread:
    """Start work in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_clustering_waits_for_an_editor_and_keeps_the_headline() -> None:
    story = story_of(*reports("Kelp Labs sues Brine AI over stolen harbour model weights"))
    entry_of("Brine AI sued by Kelp Labs over stolen harbour model weights", publisher="Late", hours=2)
    dedupe_pending(now=NOW)
    with transaction.atomic():
        revise_story(story, hand=Hand(None, NOW), headline="The editor's", theme="people", is_pinned=True)
        line = beside(lambda: cluster_pending(now=NOW))
        time.sleep(MEANWHILE_S)
    line.join()
    story.refresh_from_db()
    assert (story.headline, story.is_headline_edited, story.is_pinned) == ("The editor's", True, True)
    assert (story.version, story.last_seen_at, story.coverage.count()) == (3, at(2), 2)


def test_a_verdict_on_what_an_editor_has_changed_since_is_not_written() -> None:
    story = story_of(*reports("Kelp Labs sues Brine AI over stolen model weights"), classified_version=0)
    with transaction.atomic():
        revise_story(story, hand=Hand(None, NOW), theme="people")
        line = beside(lambda: classify_pending(now=NOW))
        time.sleep(MEANWHILE_S)
    line.join()
    classify_pending(now=NOW)
    story.refresh_from_db()
    assert (story.theme, story.classified_version, story.version) == ("people", 2, 2)
    assert story.relevance != 0.9


def test_an_editors_theme_is_left_alone_when_coverage_grows() -> None:
    story = story_of(*reports("Kelp Labs sues Brine AI over stolen model weights"))
    revise_story(story, hand=Hand(None, NOW), theme="people", second_theme="policy")
    Coverage.objects.create(entry=entry_of("OpenAI sued over copyright"), story=story, clustered_at=at(1))
    Story.objects.filter(pk=story.pk).update(version=9)
    assert classify_pending(now=NOW) == 1
    story.refresh_from_db()
    assert (story.theme, story.second_theme, story.classified_version) == ("people", "policy", 9)


def test_of_two_editors_at_once_the_second_is_told() -> None:
    story = story_of(*reports("Kelp sues Brine"))
    refused: list[ActRefused] = []

    def second() -> None:
        try:
            revise_story(story, hand=Hand(None, NOW, 0), headline="Second")
        except StaleEdit as error:
            refused.append(error)

    with transaction.atomic():
        revise_story(story, hand=Hand(None, NOW, 0), headline="First")
        other = beside(second)
        time.sleep(MEANWHILE_S)
    other.join()
    story.refresh_from_db()
    assert story.headline == "First"
    assert "“Kelp sues Brine” → “First”" in str(refused[0])


def test_one_change_undone_by_two_at_once_is_undone_once() -> None:
    story = story_of(*reports("Kelp sues Brine"))
    revise_story(story, hand=Hand(None, NOW), is_pinned=True)
    change = last_change(story)
    outcomes: list[str] = []

    def undo() -> None:
        try:
            undo_change(change, hand=Hand(None, NOW))
            outcomes.append("undone")
        except ActRefused as error:
            outcomes.append(str(error))

    for thread in [beside(undo), beside(undo)]:
        thread.join()
    assert sorted(outcomes) == ["newsdesk has undone that already.", "undone"]


def test_two_merges_of_one_story_at_once_leave_all_in_one_place_each() -> None:
    stories = [story_of(*reports(f"Event {n} of the day", hours=n)) for n in range(3)]
    outcomes: list[str] = []

    def merge(*pair: Story) -> None:
        try:
            outcomes.append(merge_stories(pair, hand=Hand(None, NOW)).public_id)
        except ActRefused as error:
            outcomes.append(str(error))

    threads = [beside(lambda: merge(stories[0], stories[2])), beside(lambda: merge(stories[1], stories[2]))]
    for thread in threads:
        thread.join()
    merged = Story.objects.get(pk=stories[2].pk)
    assert Coverage.objects.count() == 3 and merged.coverage.count() == 0
    assert Coverage.objects.filter(story=merged.merged_into).count() == 2
    assert sum("has been merged into" in outcome for outcome in outcomes) == 1

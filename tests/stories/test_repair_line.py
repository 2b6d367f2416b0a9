"""Late repairs the whole way: found by the clusterer, made in rows, undone by editors, found again by reclustering."""

from __future__ import annotations

import pytest

from feeds.models import Entry
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.clustering import cluster as cluster_module
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.pending import audit_pending
from tests.stories.desk import NOW, arrive_repaired, editor, invent_stories, places, together
from tests.stories.rows import at, entry_of
from tests.stories.test_merge_and_split import ACCUSED, BOTH, CHIEF

pytestmark = pytest.mark.django_db
EVER = at(-9999)


def repairs() -> list[Change]:
    return list(Change.objects.filter(after__has_key="repair").order_by("id"))


def numbers(*, of: list[Entry]) -> list[int]:
    return [entry.pk for entry in of]


def test_a_merge_and_a_split_are_made_and_the_copy_of_what_moved_goes_there() -> None:
    bridged, glued = (entries := numbers(of=arrive_repaired()))[:4], entries[4:]
    assert cluster_pending(now=NOW) == len(entries)
    # GLUE and the opening stay, the three on the chief go; the copy came after its original had moved.
    staying, going = {glued[n] for n in (0, 1, 3)}, {glued[n] for n in (2, 4, 5)}
    assert together() == {frozenset(bridged), frozenset(staying), frozenset(going)}
    assert [places()[pk][1] for pk in bridged] == ["report", "report", "report", "copy"]
    assert [change.verb for change in repairs()] == ["story.merge", "story.split"]
    assert not Story.objects.filter(coverage=None, merged_into=None).exists()


def test_batches_of_any_size_with_restarts_and_reclustering_give_the_same() -> None:
    entries = arrive_repaired()
    cluster_pending(now=NOW)
    whole = list(Coverage.objects.order_by("entry_id").values_list("entry", "story__public_id", "role", "similarity"))
    told = [(change.verb, change.subject, change.before, change.after) for change in repairs()]
    for since in (EVER, *(entry.seen_at for entry in entries)):
        done = recluster(since, now=NOW)
        assert (done.moved, done.stories) == (0, 0), since
    for size in (1, 2, 3, 7):
        for model in (Coverage, Change):
            model.objects.all().delete()
        Story.objects.update(merged_into=None)
        Story.objects.all().delete()
        assert audit_pending() == len(entries)
        while cluster_pending(now=NOW, limit=size):
            cluster_module._left = None
        rows = Coverage.objects.order_by("entry_id")
        assert list(rows.values_list("entry", "story__public_id", "role", "similarity")) == whole
        assert [(change.verb, change.subject, change.before, change.after) for change in repairs()] == told


def test_a_repair_that_an_editor_undid_is_not_made_again() -> None:
    entries = numbers(of=arrive_repaired())
    cluster_pending(now=NOW)
    merge, split = repairs()
    undo_change(split, hand=Hand(editor(), NOW))
    undo_change(merge, hand=Hand(editor("jo"), NOW))
    # The copy of what was merged came later; it stays with the story that it found, as all that comes later does.
    apart = together()
    assert frozenset(entries[4:]) in apart and not any({entries[0], entries[1]} <= story for story in apart)

    recluster(EVER, now=NOW)
    assert together() == apart
    for hours, title in ((20, BOTH), (21, f"{ACCUSED} again"), (22, CHIEF[0]), (23, CHIEF[1])):
        entry_of(title, publisher=f"Later {hours}", hours=hours)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)
    assert len(repairs()) == 2
    stands = together()
    assert all(any(story <= standing for standing in stands) for story in apart)
    recluster(EVER, now=NOW)
    assert together() == stands


def test_repairs_among_other_news_are_found_again_from_any_time() -> None:
    invent_stories()
    arrive_repaired(hours=100)
    cluster_pending(now=NOW)
    assert len(repairs()) == 2
    for hours in (0, 50, 102.5, 103, 111, 115.5, 116):
        assert recluster(at(hours), now=NOW).moved == 0

"""kill -9 between any two commits of clustering, several clusterers at once, batches of any size: the same stories."""

from __future__ import annotations

from typing import Any

import pytest

from newsdesk.stories.clustering.cluster import LEASE_DURATION
from tests.playing import Played

pytestmark = pytest.mark.django_db  # on PostgreSQL too
PROGRAM = "tests.stories.killed_clusterer"
# As in killed_clusterer, which is a program and sets Django up when it is imported.
BATCH_ENTRIES = 8
# What `arrive_repaired` brings about.
REPAIRS = 2


def is_whole(one: dict[str, Any]) -> bool:
    """Every news entry stands in a story (and in one only, for that is a unique key), and no story is left empty.

    The repairs were made, each once.
    """
    return one["covered"] == one["news"] > BATCH_ENTRIES and one["orphans"] == 0 and one["repairs"] == REPAIRS


def test_killed_at_any_commit_every_entry_is_in_one_story_and_the_stories_are_the_same(playing: Played) -> None:
    *killed, last = playing(PROGRAM, "kill")
    # The lease taken and given back, and every batch: before and after each of their commits.
    assert len(killed) >= 2 * (2 + last["news"] // BATCH_ENTRIES)
    assert all(one["was_killed"] for one in killed) and not last["was_killed"]
    assert {one["placed_at_death"] for one in killed} >= set(range(0, last["news"], BATCH_ENTRIES))
    for one in (*killed, last):
        assert is_whole(one), one
        assert one["lease_left_s"] <= LEASE_DURATION.total_seconds(), one
        assert (one["exported"], one["merged"], one["repairs"]) == (last["exported"], last["merged"], last["repairs"])


def test_several_clusterers_at_once_give_what_one_gives(playing: Played) -> None:
    alone, raced = playing(PROGRAM, "race")
    assert is_whole(alone) and is_whole(raced)
    assert raced["ends"] == [0] * len(raced["ends"]) and len(raced["ends"]) > 1
    assert raced["exported"] == alone["exported"] and raced["repairs"] == alone["repairs"]


def test_the_same_entries_twice_and_in_batches_of_any_size_give_the_same_bytes(playing: Played) -> None:
    rounds = playing(PROGRAM, "batches")
    assert len(rounds) >= 4 and all(is_whole(one) for one in rounds)
    assert len({one["exported"] for one in rounds}) == 1
    assert len({(one["repairs"], one["merged"]) for one in rounds}) == 1

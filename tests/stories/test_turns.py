"""Entries are placed in the order seen although pages are read in any order; but none waits long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feeds.models import Article, Entry, Feed
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage
from newsdesk.stories.pending import ORDER_PATIENCE
from tests.stories.rows import NOON, at, entry_of, feed_of, set_text

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=1)  # every text was read at noon


def unread(hours: float, *, is_news: bool = True) -> Entry:
    entry = entry_of("A page that takes its time", hours=hours, is_news=is_news)
    Article.objects.filter(entry=entry).delete()
    return entry


def placed(now: datetime = SOON) -> set[int]:
    """The entries in stories, after the stages that follow on reading have run once."""
    Feed.objects.filter(polled_at=None).exclude(url__contains="new").update(polled_at=NOON)
    dedupe_pending(now=now)
    cluster_pending(now=now, is_in_turn=True)
    return set(Coverage.objects.values_list("entry", flat=True))


def test_what_was_seen_after_a_page_that_is_still_read_waits_for_it() -> None:
    before, slow, after = entry_of("Fjord opens", hours=-2), unread(-1), entry_of("Glen closes", hours=0)
    assert placed() == {before.pk}
    set_text(slow, "A page that takes its time", "It is here.")
    assert placed() == {before.pk, slow.pk, after.pk}
    orders = Coverage.objects.order_by("id").values_list("entry", flat=True)
    assert list(orders) == [before.pk, slow.pk, after.pk]


def test_nobody_waits_for_longer_than_a_few_minutes_nor_behind_one_who_did() -> None:
    unread(-1)
    entries = [entry_of(f"Report {number}", hours=0) for number in range(3)]
    Article.objects.filter(entry=entries[2]).update(extracted_at=NOON - ORDER_PATIENCE)
    assert placed() == {entry.pk for entry in entries}


def test_a_page_that_is_no_news_or_came_later_or_has_an_older_text_holds_up_nothing() -> None:
    first = entry_of("Fjord opens", hours=-2)
    unread(-3, is_news=False)
    unread(-1)
    assert placed() == {first.pk}
    set_text(first, "Fjord opens", "A better text.")  # dedupe has it in hand again; its place is known
    second = entry_of("Glen opens", hours=-1.5)
    assert placed() == {first.pk, second.pk}


def test_the_backlog_of_a_feed_that_is_asked_for_the_first_time_is_waited_for() -> None:
    entry = entry_of("Fjord opens")
    new = feed_of("new")
    assert placed() == set()
    assert placed(NOON + timedelta(minutes=6)) == {entry.pk}
    later = entry_of("Glen opens", hours=0)
    Article.objects.filter(entry=later).update(extracted_at=NOON + timedelta(minutes=6))
    Feed.objects.filter(pk=new.pk).update(next_poll_at=at(9))  # not asked yet: nothing to wait for
    assert placed(NOON + timedelta(minutes=6)) == {entry.pk, later.pk}


def test_whoever_runs_the_line_by_hand_waits_for_nothing() -> None:
    unread(-1)
    entry_of("Fjord opens", hours=0)
    dedupe_pending(now=SOON)
    assert cluster_pending(now=SOON) == 1

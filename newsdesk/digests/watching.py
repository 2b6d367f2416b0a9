"""Whether anybody watched while a digest's window was open: a quiet day is claimed only of one that was watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from feeds.models import FAILING_AFTER, RECORDING_SCHEME, Entry, Feed

# Of the feeds that used to answer, at least so many must have done so.
ENOUGH_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Answers:
    """How a feed has answered: its last success, since when without a long gap, and the last one before the gap.

    `has_entries` is whether entries of the window are stored, `is_failing` whether its last polls failed one after the
    other.
    """

    succeeded_at: datetime | None
    since: datetime | None
    before: datetime | None
    has_entries: bool = False
    is_failing: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """How many feeds there are that have ever answered, how many did for a window, and whether these are enough."""

    feeds: int
    answered: int
    is_enough: bool


def answered_for(feed: Answers, after: datetime, until: datetime) -> bool:
    """Whether the feed answered in (after, until], or for the first time since: then its backlog stands for the window.

    An answer that follows on a gap of the whole window tells nothing of it: what was published meanwhile counts as seen
    now. Feeds that nobody has kept book of are judged by their last success alone. Pure.
    """
    if feed.has_entries:
        return True
    if feed.succeeded_at is None or feed.succeeded_at <= after:
        return False
    if feed.before and feed.before > after:  # within the window, or it went on answering beyond it
        return True
    return feed.since is None or feed.since <= until or feed.before is None


def judge_watch(feeds: Iterable[Answers], after: datetime, until: datetime) -> Watch:
    """How many there are, and how many answered; who has failed for long does not count against these. Pure."""
    judged = [(feed, answered_for(feed, after, until)) for feed in feeds if feed.succeeded_at]
    answered = sum(did for _, did in judged)
    expected = sum(did or not feed.is_failing for feed, did in judged)
    return Watch(len(judged), answered, answered > 0 and answered >= expected * ENOUGH_SHARE)


def read_watch(after: datetime, until: datetime) -> Watch | None:
    """How the window (after, until] was watched; one query. None where no feed was ever polled, as on a recording."""
    entries = Entry.objects.filter(feed=OuterRef("pk"), seen_at__gt=after, seen_at__lte=until)
    polled = Feed.objects.exclude(url__startswith=RECORDING_SCHEME).exclude(polled_at=None)
    rows = polled.annotate(has_entries=Exists(entries)).values_list(
        "succeeded_at", "answers_since", "answered_before", "has_entries", "failure_count", "is_active"
    )
    found = list(rows)
    feeds = [Answers(*row[:4], is_failing=row[4] >= FAILING_AFTER) for row in found if row[5]]
    return judge_watch(feeds, after, until) if found else None

"""When a feed is polled next, decided by pure functions.

The interval follows how often a feed brings news; failures back off exponentially; a server's Retry-After is obeyed
within bounds. The jitter is a function of feed and failure count, so that a replay gives the same times.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

BASE_INTERVAL = timedelta(minutes=15)
MIN_INTERVAL = timedelta(minutes=10)
MAX_INTERVAL = timedelta(hours=6)
# A feed is polled this many times for each entry it brings, on average.
POLLS_PER_ENTRY = 8
# How far back the entries are counted from which the interval follows.
PACE_WINDOW = timedelta(days=7)
MAX_BACK_OFF = timedelta(hours=24)
MIN_RETRY_AFTER = timedelta(minutes=1)
MAX_RETRY_AFTER = timedelta(days=7)
# A document beyond the size cap, or one that took too long to read, soon costs the same again.
COSTLY_CODES = frozenset({"too_large", "cut_off"})
COSTLY_WAIT = timedelta(hours=1)
# Waits are spread over this share of themselves, so that feeds added together drift apart.
JITTER_SHARE = 0.2
# A permanent redirect is believed when it has stood this long.
MOVE_PROBATION = timedelta(hours=24)
GONE_STATUS = 410
PERMANENT_REDIRECTS = frozenset({301, 308})

_SECONDS = re.compile(r"[+-]?\d{1,18}(\.\d+)?")


@dataclass(frozen=True)
class Next:
    """What a poll changes in a feed's schedule; `reason` says why a feed was stopped."""

    next_poll_at: datetime
    failure_count: int
    is_active: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Move:
    """Where a feed stands with a permanent redirect: `url` is the address to poll from now on."""

    url: str
    moved_to: str = ""
    moved_seen_at: datetime | None = None


def after_success(*, feed_id: int, now: datetime, recent_entries: int, is_first: bool = False) -> Next:
    """The next poll of a feed that brought `recent_entries` in the last seven days."""
    pace = BASE_INTERVAL if is_first else PACE_WINDOW / (max(recent_entries, 1) * POLLS_PER_ENTRY)
    interval = min(max(pace, MIN_INTERVAL), MAX_INTERVAL)
    return Next(now + _spread(interval, feed_id, 0), failure_count=0)


def after_failure(
    *, feed_id: int, now: datetime, failure_count: int, code: str, status: int | None = None, retry_after: str = ""
) -> Next:
    """The next poll of a feed that failed `failure_count` times in a row before this failure.

    `code` is a FetchFailed's, `retry_after` the raw header. Only 410 Gone stops a feed; all else recovers by itself.
    """
    count = failure_count + 1
    if status == GONE_STATUS:
        return Next(
            now + MAX_BACK_OFF, count, is_active=False, reason="The publisher says that the feed is gone (410)."
        )
    wait = min(BASE_INTERVAL * 2 ** min(count - 1, 10), MAX_BACK_OFF)
    if code in COSTLY_CODES:
        wait = max(wait, COSTLY_WAIT / (1 - JITTER_SHARE))
    wait = _spread(wait, feed_id, count)
    asked = retry_after_wait(retry_after, now)
    return Next(now + max(wait, asked or wait), count)


def retry_after_wait(value: str, now: datetime) -> timedelta | None:
    """How long a Retry-After header (seconds or a date, RFC 9110 10.2.3) asks to wait, 1 minute to 7 days.

    None when it is missing or says nothing that can be read.
    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return timedelta(seconds=min(max(seconds, MIN_RETRY_AFTER.total_seconds()), MAX_RETRY_AFTER.total_seconds()))


def after_redirects(
    *, url: str, moved_to: str, moved_seen_at: datetime | None, hops: list[tuple[int, str]], now: datetime
) -> Move:
    """Whether a feed that was read through `hops` (status, target) has moved for good.

    Only an unbroken run of 301 and 308 from the first hop counts, and only when every successful poll of 24 hours
    led to the same address.
    """
    target = ""
    for status, hop in hops:
        if status not in PERMANENT_REDIRECTS:
            break
        target = hop
    if not target or target == url:
        return Move(url)
    if target != moved_to or moved_seen_at is None:
        return Move(url, target, now)
    if now - moved_seen_at >= MOVE_PROBATION:
        return Move(target)
    return Move(url, moved_to, moved_seen_at)


def _spread(wait: timedelta, feed_id: int, count: int) -> timedelta:
    """The wait made shorter by up to a fifth."""
    digest = hashlib.sha256(f"{feed_id}:{count}".encode()).digest()
    return wait * (1 - JITTER_SHARE * int.from_bytes(digest[:4], "big") / 2**32)

"""Noting on a feed's row how its poll ended: its failures, its validators, its next poll, where it moved."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feeds.models import EMPTY, GONE, MALFORMED, REFUSED, Entry, Feed, FeedQuerySet
from feeds.parsing.parsed import ParsedFeed
from feeds.polling import schedule
from feeds.scrub import scrub
from feeds.web.ask import Response

logger = logging.getLogger(__name__)

# As the columns hold them.
MAX_ERROR_CHARACTERS = 1000
MAX_URL_CHARACTERS = 2000
MAX_VALIDATOR_CHARACTERS = {"etag": 1000, "last_modified": 200}
# By these a server keeps programs out, though people may read the feed.
REFUSING_STATUSES = frozenset({401, 402, 403, 429, 451})
# Longer than any feed that answers is left alone (`schedule.MAX_INTERVAL`), shorter than any digest's window.
UNBROKEN = timedelta(hours=12)
NO_ENTRIES = "The feed holds no entry."


@dataclass(frozen=True)
class PollFailure:
    """Why a poll gave nothing: a code, the reason in plain words, and what the server answered."""

    code: str
    message: str
    status: int | None = None
    retry_after: str = ""


def note_success(feed: Feed, response: Response, parsed: ParsedFeed | None, *, now: datetime) -> str:
    """Note a valid feed, or with `parsed` None a 304; returns in plain words what was odd about it, or nothing."""
    recent = Entry.objects.filter(feed=feed, seen_at__gte=now - schedule.PACE_WINDOW).count()
    plan = schedule.after_success(feed_id=feed.pk, now=now, recent_entries=recent, is_first=feed.succeeded_at is None)
    if parsed is None:  # the document is the one that we know
        code = feed.last_error_code if feed.last_error_code in (MALFORMED, EMPTY) else ""
        problem = feed.last_error if code else ""
    elif parsed.entries:
        code, problem = MALFORMED if parsed.problem else "", scrub(parsed.problem, MAX_ERROR_CHARACTERS)
    else:
        code, problem = EMPTY, NO_ENTRIES
    moved = _moved(feed, response, now)
    if moved and moved["url"] != feed.url:
        _keep_earlier_address(feed, moved["url"], now)
    _row(feed).update(
        polled_at=now,
        succeeded_at=now,
        next_poll_at=plan.next_poll_at,
        failure_count=plan.failure_count,
        last_error_code=code,
        last_error=problem,
        claimed_until=None,
        **unbroken_answers(feed.succeeded_at, feed.answers_since, feed.answered_before, now=now),
        **_said(feed, parsed),
        **_validators(response),
        **moved,
    )
    return problem


def note_failure(feed: Feed, failure: PollFailure, *, now: datetime) -> str:
    """Note a failure and back off; returns the message that was noted."""
    plan = schedule.after_failure(
        feed_id=feed.pk,
        now=now,
        failure_count=feed.failure_count,
        code=failure.code,
        status=failure.status,
        retry_after=failure.retry_after,
    )
    message = scrub(plan.reason or failure.message, MAX_ERROR_CHARACTERS)
    code = REFUSED if failure.status in REFUSING_STATUSES else failure.code
    _row(feed).update(
        polled_at=now,
        next_poll_at=plan.next_poll_at,
        failure_count=plan.failure_count,
        last_error_code=code if plan.is_active else GONE,
        last_error=message,
        claimed_until=None,
        **({} if plan.is_active else {"is_active": False}),
    )
    return message


def unbroken_answers(
    last: datetime | None, since: datetime | None, before: datetime | None, *, now: datetime
) -> dict[str, datetime | None]:
    """What an answer changes about since when the feed has answered without a long gap. Pure.

    `last` is its last answer, `since` and `before` are what the row says. Where the clock had run ahead, the answers of
    that time count for nothing.
    """
    if since and since > now:
        is_one = before is not None and now - UNBROKEN < before <= now
        return {"answers_since": before if is_one else now}
    if last and last <= now - UNBROKEN:
        return {"answers_since": now, "answered_before": last}
    return {} if since else {"answers_since": min(last, now) if last else now}


def _row(feed: Feed) -> FeedQuerySet:
    """The feed's row, unless an editor has given it another address since the poll began."""
    return Feed.objects.filter(pk=feed.pk, url=feed.url)


def _said(feed: Feed, parsed: ParsedFeed | None) -> dict[str, Any]:
    """What an answer changes beside the schedule; what an editor may change meanwhile is left alone."""
    found: dict[str, Any] = {"is_active": True} if feed.last_error_code == GONE else {}
    if parsed:
        found |= {"language": parsed.language} | ({} if feed.title else {"title": parsed.title})
    return found


def _validators(response: Response) -> dict[str, str]:
    """The validators to send next time, byte for byte; a 200 without one ends the old one, a 304 leaves it."""
    found = {}
    for field, limit in MAX_VALIDATOR_CHARACTERS.items():
        value = response.headers.get(field.replace("_", "-"), "")
        if len(value) > limit or not value.isprintable():
            value = ""
        if value or response.status != 304:
            found[field] = value
    return found


def _moved(feed: Feed, response: Response, now: datetime) -> dict[str, Any]:
    """What permanent redirects change on the feed's row; nothing where another feed of ours has the new address."""
    move = schedule.after_redirects(
        url=feed.url,
        moved_to=feed.moved_to,
        moved_seen_at=feed.moved_seen_at,
        hops=[(hop.status, hop.url) for hop in response.redirects],
        now=now,
    )
    if max(len(move.url), len(move.moved_to)) > MAX_URL_CHARACTERS:
        return {}
    if move.url != feed.url and Feed.objects.filter(url=move.url).exists():
        return {}  # both stay, and dedupe sees the copies
    return {"url": move.url, "moved_to": move.moved_to, "moved_seen_at": move.moved_seen_at}


def _keep_earlier_address(feed: Feed, new_url: str, now: datetime) -> None:
    """Write in the publisher's note where the feed was before it moved."""
    publisher = feed.publisher
    publisher.note = f"{publisher.note}\n{now:%Y-%m-%d}: the feed moved from {feed.url} to {new_url}".strip()
    publisher.save(update_fields=["note"])
    logger.info("Feed %s moved from %s to %s", feed.pk, feed.url, new_url)

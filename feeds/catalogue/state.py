"""How feeds are doing: each is judged once; editors are told feed by feed, readers publisher by publisher. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.dates import short_utc
from feeds.models import EMPTY, FAILING_AFTER, GONE, RECORDING_SCHEME, REFUSED, Feed

State = Literal["ok", "waiting", "recorded", "failing", "off"]

MARKS = {REFUSED: "blocked", EMPTY: "empty"}


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed for editors: its state, a sentence in plain words, and a mark (`blocked`, `empty` or nothing).

    A recorded feed is `off`, for it is not polled.
    """

    state: State
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PublisherState:
    """A publisher's feeds for readers: the worst state among them, in words, the newest success and the first error."""

    state: State
    words: str
    succeeded_at: datetime | None
    error: str


def judge(feed: Feed) -> State:
    """The state that the feed's row tells of; `FeedQuerySet` finds the same feeds in the database."""
    if feed.url.startswith(RECORDING_SCHEME):
        return "recorded"
    if not feed.is_active:
        return "off"
    if feed.failure_count >= FAILING_AFTER:
        return "failing"
    return "waiting" if feed.succeeded_at is None else "ok"


def feed_state(feed: Feed) -> FeedState:
    """What editors are told about a feed."""
    state, mark = judge(feed), MARKS.get(feed.last_error_code, "")
    if state == "recorded":
        return FeedState("off", "From a recording: it is not polled.")
    if state == "off":
        return FeedState(state, feed.last_error if feed.last_error_code == GONE else "Switched off.", mark)
    if state == "failing":
        since = f"since {short_utc(feed.succeeded_at)}" if feed.succeeded_at else "and it has never answered"
        words = _with_error(f"{feed.failure_count} polls in a row failed {since}", feed)
    elif state == "waiting":
        words = _with_error("It has not answered yet", feed) if feed.polled_at else "Not polled yet."
    else:
        answers = "It answered lately, but the last poll failed" if feed.failure_count else "It answers"
        words = _with_error(answers, feed)
    return FeedState(state, words, mark)


def publisher_state(feeds: Iterable[Feed]) -> PublisherState:
    """What readers are told about all the feeds of a publisher."""
    feeds = list(feeds)
    judged = [(judge(feed), feed) for feed in feeds]
    polled = [feed for state, feed in judged if state not in ("recorded", "off")]
    failing = [feed for state, feed in judged if state == "failing"]
    succeeded_at = max((feed.succeeded_at for feed in feeds if feed.succeeded_at), default=None)
    error = next((feed.last_error for feed in failing or polled if feed.failure_count and feed.last_error), "")
    state: State
    if not feeds:
        state, words = "off", "No feed is known"
    elif all(state == "recorded" for state, _ in judged):
        state, words = "recorded", "Read from a recording, not polled"
    elif not polled:
        state, words = "off", "No longer polled"
    elif failing:
        state, words = "failing", f"Failing, {max(feed.failure_count for feed in failing)} times in a row"
        words += f" ({len(failing)} of {len(polled)} feeds)" if len(polled) > 1 else ""
    elif succeeded_at is None:
        state, words = "waiting", "Has not answered yet" if error else "Not polled yet"
    else:  # one that answered, if only a feed that is off by now, speaks for those that are waiting
        state, words = "ok", "Answered lately; the last poll failed" if error else "Answers"
    return PublisherState(state, words, succeeded_at, error)


def _with_error(words: str, feed: Feed) -> str:
    return f"{words}: {feed.last_error}" if feed.last_error else f"{words}."

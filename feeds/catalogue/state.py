"""How a feed is doing, for editors: a state, a sentence, and a mark for what will not mend by itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from feeds.models import EMPTY, FAILING_AFTER, GONE, RECORDING_SCHEME, REFUSED, Feed

State = Literal["ok", "waiting", "failing", "off"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed's state, a sentence about it in plain words, and its mark (`blocked`, `empty` or nothing)."""

    state: State
    words: str
    mark: str = ""


def standing_of(feed: Feed) -> Standing:
    """The standing that the feed's row tells of."""
    mark = {REFUSED: "blocked", EMPTY: "empty"}.get(feed.last_error_code, "")
    if feed.url.startswith(RECORDING_SCHEME):
        return Standing("off", "From a recording: it is not polled.")
    if not feed.is_active:
        return Standing("off", feed.last_error if feed.last_error_code == GONE else "Switched off.", mark)
    if feed.failure_count >= FAILING_AFTER:
        times = f"{feed.failure_count} polls in a row failed"
        since = f"since {stamp(feed.succeeded_at)}" if feed.succeeded_at else "and it has never answered"
        return Standing("failing", _with_error(f"{times} {since}", feed), mark)
    if feed.succeeded_at is None:
        return Standing("waiting", _with_error("It has not answered yet", feed) if feed.polled_at else _NEW, mark)
    if feed.failure_count:
        return Standing("ok", _with_error("It answered lately, but the last poll failed", feed), mark)
    return Standing("ok", _with_error("It answers", feed), mark)


_NEW = "Not polled yet."


def _with_error(words: str, feed: Feed) -> str:
    return f"{words}: {feed.last_error}" if feed.last_error else f"{words}."


def stamp(moment: datetime) -> str:
    """`25 Mar 2026, 07:00 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"

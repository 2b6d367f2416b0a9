"""Whether a story was public long before we saw it: a feed may carry an old page under a new date. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from newsdesk.stories.ranking.written_dates import written_dates

# Outlets take each other's news up within two days; collectors see a third of all entries a day after they were out.
OLD_AFTER = timedelta(hours=48)
# Where a digest's window is known, what was public so long before it opened is old.
OLD_BEFORE_WINDOW = timedelta(hours=24)
# A date before the web, or after the report was seen, is a slip.
FIRST_YEAR = 1990


class Dated(Protocol):
    """What the decision needs to know of an entry; `EntryView` is one."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def first_public_at(self) -> datetime | None: ...
    @property
    def seen_at(self) -> datetime: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FirstPublic:
    """When something was first public, to the day, the month or the year."""

    moment: datetime
    precision: str = "day"

    def in_words(self, seen_at: datetime) -> str:
        """The date for readers of a time: `3 March`, with the year where that is another."""
        if self.precision == "year":
            return f"{self.moment:%Y}"
        if self.precision == "month":
            return f"{self.moment:%B %Y}"
        return f"{self.moment:%-d %B}" if self.moment.year == seen_at.year else f"{self.moment:%-d %B %Y}"


def old_since(entries: Iterable[Dated], *, after: datetime | None = None) -> FirstPublic | None:
    """When the story of these entries was first public, if that is long before any of them was seen; else None.

    Long is more than a day before a window that opened at `after`, where the story was first seen in it.
    The earliest date that a report's feed, page, address, title or text gives counts, unless most of the dated reports
    are of this moment: then one of an older thing has slipped in. A story seen at once is not old, however long it goes
    on. Round-ups tell of many things and date none.
    """
    reports = [entry for entry in entries if entry.role != "round_up"]
    dates = [date for entry in reports if (date := first_public(entry)) is not None]
    first_seen_at = min((entry.seen_at for entry in reports), default=None)
    if first_seen_at is None:
        return None
    limit = first_seen_at - OLD_AFTER
    if after is not None and first_seen_at > after:
        limit = after - OLD_BEFORE_WINDOW
    old = [date for date in dates if date.moment < limit]
    if not old or 2 * len(old) < len(dates):
        return None
    return min(old, key=lambda date: (date.moment, date.precision))


def first_public(entry: Dated) -> FirstPublic | None:
    """The earliest date that a report gives of itself, none where it gives no credible one."""
    known = [date for date in _dates(entry) if date.moment.year >= FIRST_YEAR and date.moment <= entry.seen_at]
    return min(known, key=lambda date: (date.moment, date.precision), default=None)


def _dates(entry: Dated) -> Iterator[FirstPublic]:
    for date in (entry.published_at, entry.first_public_at):
        if date:
            yield FirstPublic(_end_of_day(date))
    for written in written_dates(entry.url, entry.title, entry.text):
        yield FirstPublic(written.moment, written.precision)


def _end_of_day(moment: datetime) -> datetime:
    """The last minute of the day where only the day was given: any of its hours will do."""
    return moment if moment.time() != time(0) else moment + timedelta(hours=23, minutes=59)

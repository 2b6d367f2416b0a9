"""Whether a story was public long before we saw it: a feed may carry an old page under a new date. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

# Outlets take each other's news up within two days; collectors see a third of all entries a day after they were out.
OLD_AFTER = timedelta(hours=48)
# A date before the web, or after the report was seen, is a slip.
FIRST_YEAR = 1990
# "A visual introduction (2015)": how forums mark what is not of this year.
_YEAR = re.compile(r"[\[(]((?:19|20)\d\d)[\])]\s*$")


class Dated(Protocol):
    """What the decision needs to know of an entry; `EntryView` is one."""

    @property
    def title(self) -> str: ...
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
    """When something was first public; of some only the year is known."""

    moment: datetime
    is_year_only: bool = False

    def in_words(self, seen_at: datetime) -> str:
        """The date for readers of a time: `3 March`, with the year where that is another."""
        if self.is_year_only:
            return f"{self.moment:%Y}"
        return f"{self.moment:%-d %B}" if self.moment.year == seen_at.year else f"{self.moment:%-d %B %Y}"


def old_since(entries: Iterable[Dated]) -> FirstPublic | None:
    """When the story of these entries was first public, if that is long before any of them was seen; else None.

    The earliest date that a report's feed, page or title gives counts, unless most of the dated reports are of this
    moment: then one of an older thing has slipped in. A story seen at once is not old, however long it goes on.
    Round-ups tell of many things and date none.
    """
    reports = [entry for entry in entries if entry.role != "round_up"]
    dates = [date for entry in reports if (date := _first_public(entry)) is not None]
    first_seen_at = min((entry.seen_at for entry in reports), default=None)
    old = [date for date in dates if first_seen_at and first_seen_at - date.moment > OLD_AFTER]
    if not old or 2 * len(old) < len(dates):
        return None
    return min(old, key=lambda date: (date.moment, date.is_year_only))


def _first_public(entry: Dated) -> FirstPublic | None:
    dates = [FirstPublic(date) for date in (entry.published_at, entry.first_public_at) if date]
    if match := _YEAR.search(entry.title):
        # Any day of that year will do for a report of a later one.
        dates.append(FirstPublic(datetime(int(match.group(1)), 12, 31, tzinfo=UTC), is_year_only=True))
    known = [date for date in dates if date.moment.year >= FIRST_YEAR and date.moment <= entry.seen_at]
    return min(known, key=lambda date: (date.moment, date.is_year_only), default=None)

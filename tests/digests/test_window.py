from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from newsdesk.digests.window import Hours

BERLIN = Hours(2, ZoneInfo("Europe/Berlin"))


def test_the_digest_of_a_day_ends_at_its_hour() -> None:
    assert Hours(7, ZoneInfo("UTC")).window(date(2026, 3, 25)) == (
        datetime(2026, 3, 24, 7, tzinfo=UTC),
        datetime(2026, 3, 25, 7, tzinfo=UTC),
    )


def test_a_skipped_hour_is_the_moment_of_the_jump() -> None:
    assert BERLIN.cut_off(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_doubled_hour_is_its_first() -> None:
    assert BERLIN.cut_off(date(2026, 10, 25)) == datetime(2026, 10, 25, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]
)
@pytest.mark.parametrize("hour", [0, 2, 3, 7, 23])
def test_every_date_has_one_window_and_they_join(zone: str, hour: int) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    windows = [Hours(hour, ZoneInfo(zone)).window(day) for day in days]
    assert all(start < end for start, end in windows)
    assert all(one[1] == other[0] for one, other in pairwise(windows))


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)])
def test_a_moment_belongs_to_the_window_that_holds_it(day: date) -> None:
    start, end = BERLIN.window(day)
    assert BERLIN.date_of(end) == day
    assert BERLIN.date_of(start + timedelta(seconds=1)) == day
    assert BERLIN.date_of(start) == day - timedelta(days=1)


def test_the_latest_date_changes_at_the_cut_off() -> None:
    end = BERLIN.cut_off(date(2026, 3, 29))
    assert BERLIN.latest_date(end) == date(2026, 3, 29)
    assert BERLIN.latest_date(end - timedelta(microseconds=1)) == date(2026, 3, 28)

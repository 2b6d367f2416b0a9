from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from newsdesk.digests.window import cut_off, date_of, latest_date, window

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")


def test_the_digest_of_a_day_ends_at_its_hour() -> None:
    assert window(date(2026, 3, 25), 7, UTC_ZONE) == (
        datetime(2026, 3, 24, 7, tzinfo=UTC),
        datetime(2026, 3, 25, 7, tzinfo=UTC),
    )


def test_a_skipped_hour_is_the_moment_of_the_jump() -> None:
    assert cut_off(date(2026, 3, 29), 2, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_doubled_hour_is_its_first() -> None:
    assert cut_off(date(2026, 10, 25), 2, BERLIN) == datetime(2026, 10, 25, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]
)
@pytest.mark.parametrize("hour", [0, 2, 3, 7, 23])
def test_every_date_has_one_window_and_they_join(zone: str, hour: int) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    windows = [window(day, hour, ZoneInfo(zone)) for day in days]
    assert all(start < end for start, end in windows)
    assert all(one[1] == other[0] for one, other in pairwise(windows))


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)])
def test_a_moment_belongs_to_the_window_that_holds_it(day: date) -> None:
    start, end = window(day, 2, BERLIN)
    assert date_of(end, 2, BERLIN) == day
    assert date_of(start + timedelta(seconds=1), 2, BERLIN) == day
    assert date_of(start, 2, BERLIN) == day - timedelta(days=1)


def test_the_latest_date_changes_at_the_cut_off() -> None:
    end = cut_off(date(2026, 3, 29), 2, BERLIN)
    assert latest_date(end, 2, BERLIN) == date(2026, 3, 29)
    assert latest_date(end - timedelta(microseconds=1), 2, BERLIN) == date(2026, 3, 28)

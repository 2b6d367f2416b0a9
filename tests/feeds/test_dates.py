from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.dates import parse_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 10 Mar 2026 09:30:00 GMT", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00 -0500", datetime(2026, 3, 10, 14, 30, tzinfo=UTC)),
        ("10 March 2026 09:30 CET", datetime(2026, 3, 10, 8, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026", datetime(2026, 3, 10, tzinfo=UTC)),
        ("March 10, 2026", datetime(2026, 3, 10, tzinfo=UTC)),
        ("2026-03-10T09:30:00+02:00", datetime(2026, 3, 10, 7, 30, tzinfo=UTC)),
        ("2026-03-10T09:30:00.250Z", datetime(2026, 3, 10, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-10 09:30", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("2026-03-10", datetime(2026, 3, 10, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2999-01-01T00:00:00Z", datetime(2999, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_utc(value: str, expected: datetime) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "Tue, 31 Feb 2026 09:30:00 GMT",
        "2026-02-31",
        "2026-02-31T10:00:00Z",
        "2026-13-01",
        "2026-03-10T25:00:00Z",
        "2026-03-10T10:00:00+25:00",
        "12/11/2026",
        "1773100000",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9" * 5000,
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_what_names_no_day_is_no_date(value: str) -> None:
    assert parse_date(value) is None

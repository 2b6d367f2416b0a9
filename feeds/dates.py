"""Dates as publishers write them, read into aware UTC; and as editors read them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from feedparser.datetimes import _parse_date as read_exotic_date

# Before the web there was no news on it: an earlier date is a default value (year 1, the epoch), not a date.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?$",
    re.I,
)
_RFC_822 = re.compile(r"(?:[a-z]{1,20},?\s{1,5})?\d{1,2}[\s-]{1,5}[a-z]{3,9}\.?[\s-]{1,5}(?:[1-9]\d{3}|\d{2})\b", re.I)
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?", re.I)
_LONG_FORM = re.compile(r"([a-z]{1,20})\.?\s{1,5}(\d{1,2}),?\s{1,5}(\d{4})$", re.I)
_ONLY_FIGURES = re.compile(r"[\d/. ]+")
_EIGHT_DIGITS = re.compile(r"\d{8}")
# Zone names outside RFC 822 that feeds carry; an unknown name is read as UTC.
_ZONES_H = {"CET": 1, "CEST": 2, "BST": 1, "WEST": 1, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "SGT": 8, "HKT": 8}
_ZONES_H |= {"JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13}


def parse_date(value: str) -> datetime | None:
    """The moment that a publisher's date names, aware UTC; a naive or bare date is read as UTC.

    ISO 8601 and RFC 822 are read strictly: a day that does not exist gives None. Whatever looks like neither is
    left to feedparser's readers of rarer forms. None also for anything before 1990.
    """
    value = " ".join(value.split())[:100]
    try:
        moment = _read(value)
        return moment.astimezone(UTC) if moment is not None and moment >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def short_utc(moment: datetime) -> str:
    """`25 Mar 2026, 07:00 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def _read(value: str) -> datetime | None:
    if found := _ISO.match(value):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        # Hour 24 and second 60 are legal in ISO 8601 and unknown to Python.
        extra = timedelta(days=hour == 24, seconds=second == 60, microseconds=int((found[7] or "0")[:6].ljust(6, "0")))
        return (
            datetime(year, month, day, 0 if hour == 24 else hour, minute, second % 60, tzinfo=_offset(found[8])) + extra
        )
    if _RFC_822.match(value):
        return _read_rfc_822(value)
    if found := _LONG_FORM.match(value):
        return _read_rfc_822(f"{found[2]} {found[1]} {found[3]} 00:00:00")
    if _ONLY_FIGURES.fullmatch(value) and not _EIGHT_DIGITS.fullmatch(value):
        return None  # 12/11/2024 and 1710000000 can mean several things
    parts = read_exotic_date(value)
    return datetime.fromtimestamp(calendar.timegm(parts), UTC) if parts else None


def _read_rfc_822(value: str) -> datetime | None:
    value = _MONTH.sub(lambda month: month[1], value)
    if ":" not in value:
        value += " 00:00:00"
    parts = parsedate_tz(value)
    if parts is None:
        return None
    zone = value.rsplit(" ", 1)[-1].upper()
    offset_s = int(_ZONES_H[zone] * 3600) if zone in _ZONES_H else parts[9] or 0
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(seconds=offset_s)))


def _offset(zone: str | None) -> timezone:
    if not zone or zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)

"""Days that a text names: where reports carry no times, their date lines tell two events of one kind apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(rf"\b{pattern}\b", re.IGNORECASE)
    for pattern in (
        rf"{_MONTH} {_DAY}(?: ?,)? {_YEAR}",
        rf"{_DAY} {_MONTH}(?: ?,)? {_YEAR}",
        rf"{_YEAR} ?[-/] ?(?P<month>\d{{1,2}}) ?[-/] ?{_DAY}",
        rf"{_DAY} ?[-/.] ?(?P<month>\d{{1,2}}) ?[-/.] ?(?P<year>(?:19|20)?\d\d)",
    )
)


def days_in(text: str) -> frozenset[int]:
    """The days that a normalised text names with their years, as proleptic ordinals.

    Of two figures before a year the first is taken for the day where that is possible.
    """
    return frozenset(day for pattern in _DATES for hit in pattern.finditer(text) for day in _day(hit))


def _day(hit: re.Match[str]) -> Iterator[int]:
    day, year, named = int(hit["day"]), int(hit["year"]), hit["month"].lower()
    month = _MONTHS.index(named[:3]) + 1 if named[:3] in _MONTHS else int(named)
    if month > 12:
        day, month = month, day
    if 1 <= month <= 12:
        try:
            yield date(year + 2000 if year < 100 else year, month, day).toordinal()
        except ValueError:
            return

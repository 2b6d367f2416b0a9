"""Dates in the sample's texts, counted from its base so that the news is always of today.

`{date:+12}` 4 December · `{us:+12}` December 4 · `{de:+12}` 4. Dezember · `{day:-1}` Saturday · `{tag:-1}` Samstag ·
`{month:+40}` January · `{monat:+40}` Januar (all in days from the base's date) · `{year:+1}` (in years).
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

_MONTHS = (
    "January February March April May June July August September October November December".split(),
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
)
_DAYS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
)
_PLACEHOLDER = re.compile(r"\{(date|us|de|day|tag|month|monat|year)(?::([+-]?\d+))?\}")


def fill_dates(text: str, base: datetime) -> str:
    """Replace the placeholders in `text` by dates counted from `base`."""

    def written(match: re.Match[str]) -> str:
        form, offset = match[1], int(match[2] or 0)
        if form == "year":
            return str(base.year + offset)
        day = base.date() + timedelta(days=offset)
        english, german = (months[day.month - 1] for months in _MONTHS)
        return {
            "date": f"{day.day} {english}",
            "us": f"{english} {day.day}",
            "de": f"{day.day}. {german}",
            "day": _DAYS[0][day.weekday()],
            "tag": _DAYS[1][day.weekday()],
            "month": english,
            "monat": german,
        }[form]

    return _PLACEHOLDER.sub(written, text)


def latest_cut_off(now: datetime, hour: int = 7) -> datetime:
    """The last time at or before `now` when it was `hour` o'clock in the zone of `now`."""
    today = datetime.combine(now.date(), time(hour), now.tzinfo)
    return today if today <= now else today - timedelta(days=1)

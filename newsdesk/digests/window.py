"""Which span of time a dated digest covers: (the cut-off of the day before, its own cut-off]."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def cut_off(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, after which nothing counts for the digest of `day`.

    A local hour that a clock change skips is the moment to which the clock jumps; one that comes twice is its first.
    So every local date has exactly one cut-off, and they follow each other in order.
    """
    local = datetime.combine(day, time(hour), tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # In a gap PEP 495 reads the hour with the offset before the change, which lands behind the gap by as much as
    # the hour stood in it; the offset after the change lands before it. The jump itself lies between the two.
    before, after = sorted((moment, local.replace(fold=1).astimezone(UTC)))
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def window(day: date, hour: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The window (from, to] of the digest of `day`, in UTC."""
    return cut_off(day - timedelta(days=1), hour, zone), cut_off(day, hour, zone)


def latest_date(now: datetime, hour: int, zone: ZoneInfo) -> date:
    """The last date whose cut-off has passed at `now`; the cut-off itself counts as passed."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    while cut_off(day, hour, zone) > now:
        day -= timedelta(days=1)
    return day


def date_of(moment: datetime, hour: int, zone: ZoneInfo) -> date:
    """The date of the digest in whose window `moment` falls."""
    day = latest_date(moment, hour, zone)
    return day if cut_off(day, hour, zone) == moment else day + timedelta(days=1)


def window_of(day: date) -> tuple[datetime, datetime]:
    """The window (from, to] of the digest of `day` by the settings."""
    return window(day, settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE)

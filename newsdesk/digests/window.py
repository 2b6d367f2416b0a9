"""Which span of time a dated digest covers: (the cut-off of the day before, its own cut-off]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Hours:
    """When a digest closes: each day at an hour (0 to 23) of a zone."""

    hour: int
    zone: ZoneInfo

    @classmethod
    def of_settings(cls) -> Hours:
        """The desk's own."""
        return cls(settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE)

    def cut_off(self, day: date) -> datetime:
        """The moment, in UTC, after which nothing counts for the digest of `day`.

        A local hour that a clock change skips is the moment to which the clock jumps; one that comes twice is its
        first. So every local date has exactly one cut-off, and they follow each other in order.
        """
        local = datetime.combine(day, time(self.hour), tzinfo=self.zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return moment
        # In a gap PEP 495 reads the hour with the offset before the change, which lands behind the gap by as much as
        # the hour stood in it; the offset after the change lands before it. The jump itself lies between the two.
        before, after = sorted((moment, local.replace(fold=1).astimezone(UTC)))
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) / 2
            if middle.astimezone(self.zone).utcoffset() == before.astimezone(self.zone).utcoffset():
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)

    def window(self, day: date) -> tuple[datetime, datetime]:
        """The window (from, to] of the digest of `day`, in UTC."""
        return self.cut_off(day - timedelta(days=1)), self.cut_off(day)

    def latest_date(self, now: datetime) -> date:
        """The last date whose cut-off has passed at `now`; the cut-off itself counts as passed."""
        day = now.astimezone(self.zone).date() + timedelta(days=1)
        while self.cut_off(day) > now:
            day -= timedelta(days=1)
        return day

    def date_of(self, moment: datetime) -> date:
        """The date of the digest in whose window `moment` falls."""
        day = self.latest_date(moment)
        return day if self.cut_off(day) == moment else day + timedelta(days=1)


def window_of(day: date) -> tuple[datetime, datetime]:
    """The window (from, to] of the digest of `day` by the settings."""
    return Hours.of_settings().window(day)

"""The time of one run: it begins at a given moment and goes on with the machine's."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Clock:
    """Began at `now`; a recorded or tested run has a time of its own, and its rows the time that passed on top."""

    def __init__(self, now: datetime) -> None:
        self._now, self._started_s = now, time.monotonic()

    def passed_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started_s

    def now(self) -> datetime:
        """The moment it is in the run."""
        return self._now + timedelta(seconds=self.passed_s())

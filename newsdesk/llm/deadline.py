"""The time that a piece of work may spend on asking a model, shared by all its questions."""

from __future__ import annotations

import time


class Deadline:
    """A point in time on the clock that only runs forward."""

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self._ends_at = time.monotonic() + total_s

    def left_s(self) -> float:
        """Seconds left, 0 at the least."""
        return max(0.0, self._ends_at - time.monotonic())

    def within(self, total_s: float) -> Deadline:
        """One that is over after `total_s`, or with this one if that comes first."""
        return Deadline(min(total_s, self.left_s()))

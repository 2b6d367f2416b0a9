"""The wall clock's deadline of a fetch."""

from __future__ import annotations

import time
from typing import NoReturn

from feeds.web.response import FetchFailed


class Deadline:
    """A point in time shared by everything one fetch does."""

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self._ends_at = time.monotonic() + total_s

    def remaining_s(self) -> float:
        """Seconds left, above 0. Raises: FetchFailed (timeout)."""
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            self.fail()
        return remaining

    def fail(self) -> NoReturn:
        """Raises: FetchFailed (timeout)."""
        raise FetchFailed("timeout", f"The server took longer than {self.total_s:g} seconds.")

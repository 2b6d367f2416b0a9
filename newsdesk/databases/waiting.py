"""How long whoever is at work may wait for a database in all, and whether asking it is worth while just now.

A server that was stopped, or that a network swallowed, still takes connections and says nothing for ever: no timeout
of its own helps. So the time is counted here, on our side: that of waiting alone, for a page may well take its time to
think.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError

# A database that could not be connected to is asked again after this time, by one of those who wait.
RETRY_S = 2.0
# What SQLite says of the disk, the file or other writers; the primary codes of https://sqlite.org/rescode.html.
_SQLITE_OUTAGES = frozenset({5, 6, 7, 8, 9, 10, 11, 13, 14, 26})
_DISK_OUTAGES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


@dataclass
class _Budget:
    total_s: float
    tries: bool
    spent_s: float = 0.0


_budget: ContextVar[_Budget | None] = ContextVar("budget of waiting", default=None)


@contextmanager
def waiting_at_most(total_s: float, *, tries: bool = True) -> Iterator[None]:
    """Within the block databases are waited for no longer than this in all.

    Who has something else to serve leaves it to others to try one that is away (`tries` False).
    """
    token = _budget.set(_Budget(total_s, tries))
    try:
        yield
    finally:
        _budget.reset(token)


def left_s() -> float | None:
    """Seconds that may still be waited; None where nobody counts: in commands and workers."""
    budget = _budget.get()
    return None if budget is None else max(0.0, budget.total_s - budget.spent_s)


@contextmanager
def counted() -> Iterator[None]:
    """Count the time of the block as waiting."""
    budget, began = _budget.get(), time.monotonic()
    try:
        yield
    finally:
        if budget is not None:
            budget.spent_s += time.monotonic() - began


class Circuit:
    """Whether a server is worth asking: while it is away, one attempt every `retry_s`; all others are told at once."""

    def __init__(self, retry_s: float = RETRY_S) -> None:
        self._retry_s, self._lock = retry_s, threading.Lock()
        self._retry_at: float | None = None

    @property
    def is_away(self) -> bool:
        """Whether it was away when it was last asked."""
        return self._retry_at is not None

    def may_try(self) -> bool:
        """Whether to ask it now; while it is away, true for one caller at a time who does not leave it to others."""
        budget = _budget.get()
        with self._lock:
            if self._retry_at is None:
                return True
            now = time.monotonic()
            if now < self._retry_at or (budget is not None and not budget.tries):
                return False
            self._retry_at = now + self._retry_s
            return True

    def note(self, *, is_away: bool) -> None:
        """What became of asking it."""
        with self._lock:
            self._retry_at = time.monotonic() + self._retry_s if is_away else None


# The PostgreSQL server's, for this process.
server = Circuit()


def is_outage(error: BaseException) -> bool:
    """Whether it says that a database or a disk is away, full, locked or too slow, and not that we asked nonsense."""
    if isinstance(error, DatabaseError | InterfaceError):
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        if code is not None:
            return code & 0xFF in _SQLITE_OUTAGES
        return isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, OSError) and error.errno in _DISK_OUTAGES

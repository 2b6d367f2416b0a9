"""Asked to stop: end after the mail in hand, not in the middle of it."""

from __future__ import annotations

import mmap
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# One byte that the worker shares with the processes it forks: they are not told that it shuts down. Without a lock,
# for a signal handler sets it and a killed process would never give the lock back.
_shut_down = mmap.mmap(-1, 1)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def note_shut_down(**_: object) -> None:
    """The worker shuts down: whatever is being sent by its processes ends after the mail in hand."""
    _shut_down[0] = 1


@contextmanager
def heeding_stop() -> Iterator[Callable[[], bool]]:
    """Within the block SIGTERM and SIGINT only make the function it yields true; what they do otherwise, they do after.

    A signal that is ignored stays ignored. In any thread but the main one only the worker's shutting down is heeded.
    """
    got: list[int] = []

    def is_stopped() -> bool:
        return bool(got) or bool(_shut_down[0])

    if threading.current_thread() is not threading.main_thread():
        yield is_stopped
        return
    earlier = {number: signal.getsignal(number) for number in _SIGNALS}
    heeded = [number for number, handler in earlier.items() if handler not in (signal.SIG_IGN, None)]
    try:
        for number in heeded:
            signal.signal(number, lambda signum, _frame: got.append(signum))
        yield is_stopped
    finally:
        for number in heeded:
            signal.signal(number, earlier[number])
        if got:
            signal.raise_signal(got[0])

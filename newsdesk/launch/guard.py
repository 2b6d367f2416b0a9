"""Outlive the supervisor by a moment: when it is gone, however it went, kill what it had started.

A script of its own, run in a session of its own: `guard.py FOLDER`. It reads `+PID` and `-PID` lines, one process
group each, from a pipe that only the supervisor holds. The end of the pipe is the end of the supervisor: every group
still on the list is killed (rows are the truth, so nothing is lost) and FOLDER, with its sockets, is removed. This
works on every Unix; Linux's parent-death signal would not reach grandchildren, and macOS has none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys


def watch(folder: str) -> None:
    """Keep the list until the pipe ends, then clear up."""
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.argv[1])

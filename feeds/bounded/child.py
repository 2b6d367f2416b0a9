"""The child: calls what its parent asks for, one call after the other, within limits that the system enforces."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections

from feeds.bounded.run import read, write

PAGE_BYTES = resource.getpagesize()
SCREENLESS = {"newsdesk.apps.DeskAdminConfig": "django.contrib.admin.apps.SimpleAdminConfig"}


def main() -> None:
    """Answer until the parent closes the pipe."""
    # Only the messages go through the pipe, whatever a library prints; who stops the parent stops us through it.
    calls, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    # Without the desk's screens it starts in half the time.
    settings.INSTALLED_APPS = [SCREENLESS.get(app, app) for app in settings.INSTALLED_APPS]
    django.setup()
    connections.settings = {}
    write(answers, b"ready")
    while True:
        try:
            message = read(calls)
        except EOFError:
            return
        write(answers, _answer(message))


def _answer(message: bytes) -> bytes:
    function, given, named, limit_s, limit_bytes = pickle.loads(message)  # noqa: S301  our own parent's
    _limit_memory(limit_bytes)
    # Nothing handles the signal: the process ends, be it in Python or in a library's own code.
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        answer: tuple[str, Any] = ("returned", function(*given, **named))
        return pickle.dumps(answer)
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception as error:  # noqa: BLE001  the parent raises it
        return _raised(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _raised(error: Exception) -> bytes:
    try:
        pickle.loads(message := pickle.dumps(("raised", error)))  # noqa: S301  our own
    except Exception:  # noqa: BLE001  an exception that cannot travel is told in words
        return pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {error}")))
    return message


def _limit_memory(limit_bytes: int) -> None:
    """Allow so much beyond what the process holds now; where the system does not tell or limit that, nothing."""
    try:
        held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE_BYTES
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = held + limit_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    sys.setrecursionlimit(5_000)
    main()

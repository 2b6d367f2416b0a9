"""Have a function called in a child that can be ended from outside: nothing that others wrote holds this process up.

One child a process is kept warm and takes one call after the other, whichever thread asks; a child that was ended is
replaced at the next call. It is a plain subprocess, for a Celery worker's processes may have no others
(`multiprocessing` refuses their children, which are daemons), and it holds no connection to the database.
"""

from __future__ import annotations

import atexit
import math
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

from django.conf import settings

ROOT = Path(__file__).parents[2]
LENGTH = struct.Struct("!Q")
# A machine that is busy gives a process its processor time late: by the clock a call may take so many times as long.
CLOCK_FACTOR = 6

Given = ParamSpec("Given")
Result = TypeVar("Result")


class CutOff(Exception):
    """The call was ended or its child died; the message says in plain words why."""


def call(function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What a function of a module returns or raises, called in the child with plain, picklable values.

    It may take `UNTRUSTED_WORK_S` of processor time, six times that by the clock, and `UNTRUSTED_WORK_MB` of memory.
    Raises: CutOff; what the function raises.
    """
    with _lock:
        answer = _call((function, given, named, settings.UNTRUSTED_WORK_S, settings.UNTRUSTED_WORK_MB * 2**20))
    kind, value = answer
    if kind == "returned":
        return value  # type: ignore[no-any-return]
    if kind == "raised":
        raise value
    raise CutOff(f"It took more than {settings.UNTRUSTED_WORK_MB} MB of memory.")


def end_child() -> None:
    """End this process's child, if there is one."""
    global _child
    with _lock:
        if _child is not None and _child.owner == os.getpid():
            _child.end()
        _child = None


class _Child:
    """A child process and its two pipes."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        self.owner = os.getpid()
        self.is_late = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feeds.bounded.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # a process forked meanwhile must find neither half a message nor a lock that nobody holds
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.calls, self.answers = self.process.stdin, self.process.stdout
        try:
            read(self.answers)  # it says when it is ready: its start is on nobody's account
        except EOFError as error:
            self.end()
            raise CutOff("The process that reads what others wrote did not start; the log says why.") from error

    def is_alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, request: bytes, limit_s: float) -> tuple[str, Any]:
        """The answer to a call. Raises: EOFError where the child has ended."""
        clock = threading.Timer(limit_s, self._end_late)
        clock.start()
        try:
            write(self.calls, request)
            return pickle.loads(read(self.answers))  # type: ignore[no-any-return]  # noqa: S301  our own child's
        except (BrokenPipeError, pickle.UnpicklingError) as error:
            raise EOFError from error
        finally:
            clock.cancel()

    def _end_late(self) -> None:
        self.is_late = True
        self.process.kill()

    def end(self) -> int:
        """Kill and reap it; returns how it ended, by `subprocess`'s return codes."""
        self.process.kill()
        self.let_go()
        return self.process.wait()

    def let_go(self) -> None:
        """Close this process's ends of the pipes."""
        for pipe in (self.calls, self.answers):
            with suppress(OSError):
                pipe.close()


_child: _Child | None = None
_lock = threading.Lock()
# A fork may fall into another thread's call: its child starts with a lock and a child of its own.
os.register_at_fork(after_in_child=lambda: _forget())
atexit.register(end_child)


def _forget() -> None:
    global _child, _lock
    if _child is not None:
        _child.let_go()  # while an end of it is open anywhere, the child does not hear that its parent has died
    _child, _lock = None, threading.Lock()


def _call(request: tuple[Any, ...], *, may_try_again: bool = True) -> tuple[str, Any]:
    global _child
    limit_s = request[3]
    try:
        if _child is None or not _child.is_alive():
            _child = _Child()
        answer = _child.ask(pickle.dumps(request), limit_s * CLOCK_FACTOR)
    except EOFError as error:
        assert _child is not None
        late, ended, _child = _child.is_late, _child.end(), None
        if ended == -signal.SIGKILL and not late and may_try_again:  # by somebody else, perhaps before it began
            return _call(request, may_try_again=False)
        raise CutOff(_why(ended, limit_s, late=late)) from error
    except OSError as error:
        raise CutOff(f"No process could be started to read it: {error}.") from error
    if answer[0] == "memory":
        _child.end()
        _child = None
    return answer


def _why(ended: int, limit_s: float, *, late: bool) -> str:
    if late:
        return f"It took more than {math.ceil(limit_s * CLOCK_FACTOR)} s by the clock."
    if ended == -signal.SIGPROF:
        return f"It took more than {limit_s:g} s."
    return "The process that read it ended by itself."


def write(pipe: IO[bytes], message: bytes) -> None:
    """Write one message, its length before it."""
    left = memoryview(LENGTH.pack(len(message)) + message)
    while left:
        left = left[pipe.write(left) :]


def read(pipe: IO[bytes]) -> bytes:
    """The next message. Raises: EOFError at the end of the pipe."""
    return _read_bytes(pipe, LENGTH.unpack(_read_bytes(pipe, LENGTH.size))[0])


def _read_bytes(pipe: IO[bytes], count: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < count:
        piece = pipe.read(count - len(pieces))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)

"""What a child is asked to do in the tests."""

from __future__ import annotations

import os
import re
import signal
import time


class Refused(Exception):
    """An exception that travels."""


def double(number: int) -> int:
    return 2 * number


def refuse(words: str) -> None:
    raise Refused(words)


def who() -> int:
    return os.getpid()


def backtrack() -> bool:
    return re.match(r"(?:a+)+b", "a" * 40) is not None


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def fill(megabytes: int) -> int:
    return len([bytearray(2**20) for _ in range(megabytes)])


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def chatter() -> str:
    print("to the output")
    os.write(1, b"and past it")
    return "answer"

"""A call in the child returns, raises, or is cut off; the next one is served, whatever became of the last."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from feeds.bounded.run import CutOff, call
from tests.feeds.bounded import work


def test_a_call_returns_and_raises_as_it_would_here() -> None:
    assert call(work.double, 21) == 42
    with pytest.raises(work.Refused, match="no such page"):
        call(work.refuse, "no such page")


def test_one_child_serves_every_call() -> None:
    with ThreadPoolExecutor(4) as pool:
        children = set(pool.map(lambda _: call(work.who), range(12)))
    assert len(children) == 1
    assert os.getpid() not in children


@pytest.mark.parametrize(
    ("function", "given", "why"),
    [
        (work.backtrack, (), r"It took more than 0\.2 s\."),
        (work.sleep, (60,), r"It took more than 2 s by the clock\."),
        (work.fill, (4_000,), r"It took more than 100 MB of memory\."),
        (work.crash, (), r"ended by itself"),
    ],
)
def test_what_takes_too_much_is_cut_off(settings: Settings, function: Callable[..., Any], given: Any, why: str) -> None:
    settings.UNTRUSTED_WORK_S, settings.UNTRUSTED_WORK_MB = 0.2, 100
    before = call(work.who)
    with pytest.raises(CutOff, match=why):
        call(function, *given)
    settings.UNTRUSTED_WORK_S = 10.0
    assert call(work.who) != before
    with pytest.raises(ProcessLookupError):  # and was reaped
        os.kill(before, 0)


def test_what_is_printed_does_not_disturb() -> None:
    assert call(work.chatter) == "answer"


def test_a_child_that_died_between_two_calls_is_replaced() -> None:
    child = call(work.who)
    os.kill(child, 9)
    _wait_for_end(child)
    assert call(work.double, 2) == 4


def test_a_forked_process_has_a_child_of_its_own_even_where_it_may_have_none_of_multiprocessing() -> None:
    """As Celery's workers are: forked while a call runs in another thread, and daemons."""
    here = call(work.who)
    busy = threading.Thread(target=call, args=(work.sleep, 2))
    busy.start()
    queue: Any = multiprocessing.get_context("fork").SimpleQueue()
    forked = multiprocessing.get_context("fork").Process(
        target=lambda: queue.put((call(work.who), call(work.double, 3))), daemon=True
    )
    forked.start()
    forked.join(60)
    assert not queue.empty()
    there, six = queue.get()
    busy.join()
    assert six == 6
    assert there != here
    assert call(work.who) == here


def test_the_child_ends_with_its_parent() -> None:
    queue: Any = multiprocessing.get_context("fork").SimpleQueue()

    def die() -> None:
        queue.put(call(work.who))
        os._exit(1)

    parent = multiprocessing.get_context("fork").Process(target=die)
    parent.start()
    parent.join(60)
    child = queue.get()
    _wait_for_end(child)


def _wait_for_end(process: int) -> None:
    """Until a process is gone, or dead and not reaped: it has no command line then."""
    command, give_up = Path(f"/proc/{process}/cmdline"), time.monotonic() + 60
    while command.exists() and command.read_text(encoding="utf-8"):
        assert time.monotonic() < give_up, "it still runs"
        time.sleep(0.02)

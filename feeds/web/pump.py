"""Many requests at once: jobs run in threads, politely towards hosts, and answers come back in the calling thread.

The pump knows no database: claiming a job, recording its answer and giving a claim back are the use-case's, and run in
the thread that reads the answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from feeds.clock import Clock
from feeds.web.hosts import Hosts

# How long the pump sleeps while every host must wait, or for an answer while another host may become ready.
TICK_S = 0.05


class Addressed(Protocol):
    """A claimed row, whatever it is: the pump looks at its address alone."""

    @property
    def url(self) -> str: ...


Row = TypeVar("Row", bound=Addressed)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to ask for: the key of its row, and the URL whose host must be ready before the row is claimed."""

    key: int
    url: str


@dataclass(frozen=True, slots=True)
class Work(Generic[Row, Answer]):
    """What is done with a job.

    `claim` gives the row of a key, or None if somebody else has it. `ask` runs in a thread and touches no database.
    `give_back` gets the rows that were claimed and whose answers nobody got. `call_for_help` is called when another
    run could share the work: when all workers are busy and jobs wait, and when the time is up for a run that did some.
    """

    claim: Callable[[int], Row | None]
    ask: Callable[[Row], Answer]
    give_back: Callable[[list[Row]], object]
    call_for_help: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs run at once, and after how many seconds of the run no new one is begun (None: never).

    `exempt` are "host:port" strings whose hosts never wait.
    """

    workers: int
    deadline_s: float | None
    exempt: frozenset[str]


class Pump(Generic[Row, Answer]):
    """Runs jobs in their order, as far as their hosts are ready; use it in a `with` block.

    However the block is left (at its end, by `break`, by an interrupt), what is still claimed is given back.
    `total` is how many jobs were done or are to be: it falls as somebody else has one or a host is left alone.
    """

    def __init__(
        self, jobs: Iterable[Job], work: Work[Row, Answer], limits: Limits, clock: Clock, *, name: str
    ) -> None:
        self._jobs = list(jobs)
        self._work, self._limits, self._clock = work, limits, clock
        self._hosts = Hosts((job.url for job in self._jobs), limits.exempt)
        self._running: dict[Future[Answer], tuple[Row, Job]] = {}
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix=name)
        self._has_begun = self._has_called = False
        self.total = len(self._jobs)

    def __enter__(self) -> Pump[Row, Answer]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._running:
            self._work.give_back([row for row, _ in self._running.values()])

    def answers(self) -> Iterator[tuple[Row, Future[Answer]]]:
        """Rows with their answers, as they finish: `result()` gives what `ask` gave, or raises what it raised.

        A row that was handed over is not given back any more: one that nobody can record must not come again at once.
        """
        while self._hosts.waiting or self._running:
            if self._hosts.waiting and self._is_late():
                self._hosts.leave_all()
                if self._has_begun:
                    self._work.call_for_help()
            self._begin_ready()
            if not self._running:
                time.sleep(TICK_S)
            for future in wait(self._running, timeout=TICK_S, return_when=FIRST_COMPLETED).done:
                row, job = self._running.pop(future)
                self._hosts.end(job.url)
                yield row, future

    def leave_host(self, url: str) -> None:
        """Begin no further job at the URL's host."""
        self.total -= self._hosts.leave(url)

    def _is_late(self) -> bool:
        return self._limits.deadline_s is not None and self._clock.passed_s() > self._limits.deadline_s

    def _begin_ready(self) -> None:
        """Claim and begin jobs, the first ready one first, until the workers are busy or every host must wait."""
        while len(self._running) < self._limits.workers:
            place = self._hosts.next_ready()
            if place is None:
                return
            job = self._jobs[place]
            row = self._work.claim(job.key)
            if row is None:
                self._hosts.pass_over(job.url)
                self.total -= 1
                continue
            self._hosts.begin(job.url)
            self._running[self._pool.submit(self._work.ask, row)] = row, job
            self._has_begun = True
        if self._hosts.waiting and not self._has_called:
            self._has_called = True
            self._work.call_for_help()

"""The pump alone: real threads, and a claim is either answered or given back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from feeds.clock import Clock
from feeds.web.fetch import fetch
from feeds.web.hosts import HOST_SPACING_S
from feeds.web.pump import Job, Limits, Pump, Work
from tests.servers.publisher import Publisher, silence

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
# The hosts of the jobs that need not wait, as "host:port".
NEAR = frozenset({"near.example", "other.example"})


@dataclass(frozen=True)
class Row:
    """What is claimed for a job."""

    key: int
    url: str


@dataclass
class Desk:
    """Claims rows unless they are `taken`, and remembers what was claimed, asked and given back."""

    urls: dict[int, str]
    taken: frozenset[int] = frozenset()
    ask: Callable[[Row], str] = lambda row: f"answer {row.key}"
    claimed: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)

    def claim(self, key: int) -> Row | None:
        if key in self.taken:
            return None
        self.claimed.append(key)
        return Row(key, self.urls[key])

    def give_back(self, rows: list[Row]) -> None:
        self.given_back += [row.key for row in rows]

    def pump(
        self, *, workers: int = 8, deadline_s: float | None = None, exempt: frozenset[str] = NEAR
    ) -> Pump[Row, str]:
        work = Work(self.claim, self.ask, self.give_back)
        jobs = [Job(key, url) for key, url in self.urls.items()]
        return Pump(jobs, work, Limits(workers, deadline_s, exempt), Clock(NOW), name="test")


def desk(count: int, *, host: str = "near.example", **options: object) -> Desk:
    return Desk({key: f"https://{host}/{key}" for key in range(count)}, **options)  # type: ignore[arg-type]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end of a test, so that no thread outlives it."""
    event = threading.Event()
    yield event
    event.set()


def all_but_first_wait(gate: threading.Event) -> Callable[[Row], str]:
    def ask(row: Row) -> str:
        return "first" if row.key == 0 else "late" * gate.wait(30)

    return ask


def taken_from(answers: Iterable[tuple[Row, object]]) -> list[int]:
    return [row.key for row, _ in answers]


def test_every_job_is_claimed_once_and_answered_with_its_row() -> None:
    rows = desk(20)
    with rows.pump() as pump:
        found = {row.key: answer.result() for row, answer in pump.answers()}
    assert found == {key: f"answer {key}" for key in range(20)}
    assert sorted(rows.claimed) == list(range(20))
    assert rows.given_back == []


def test_answers_come_as_they_finish_and_in_the_calling_thread(gate: threading.Event) -> None:
    def ask(row: Row) -> str:
        assert threading.current_thread() is not caller
        if row.key == 0:
            gate.wait(30)
        return ""

    caller = threading.current_thread()
    keys = []
    with desk(4, ask=ask).pump() as pump:
        for row, answer in pump.answers():
            answer.result()
            keys.append(row.key)
            if len(keys) == 3:
                gate.set()
    assert (sorted(keys[:3]), keys[3]) == ([1, 2, 3], 0)


def test_no_more_than_the_workers_run_at_once() -> None:
    most = 0
    running = 0
    lock = threading.Lock()

    def ask(row: Row) -> str:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return ""

    rows = desk(12, ask=ask)
    with rows.pump(workers=3) as pump:
        for _ in pump.answers():
            pass
    assert most == 3


def test_what_somebody_else_has_is_left_out_of_the_total() -> None:
    with desk(4, taken=frozenset({1, 2})).pump() as pump:
        assert pump.total == 4
        assert sorted(taken_from(pump.answers())) == [0, 3]
        assert pump.total == 2


def test_what_asking_raises_comes_with_its_row_and_stops_nobody() -> None:
    def ask(row: Row) -> str:
        if row.key == 1:
            raise ZeroDivisionError
        return ""

    with desk(3, ask=ask).pump() as pump:
        raised = {row.key: type(answer.exception()) for row, answer in pump.answers()}
    assert raised == {0: type(None), 1: ZeroDivisionError, 2: type(None)}


def test_a_host_that_is_left_alone_gets_no_further_job() -> None:
    rows = Desk({0: "https://near.example/a", 1: "https://near.example/b", 2: "https://other.example/a"})
    with rows.pump(workers=1) as pump:
        for row, _ in pump.answers():
            if row.key == 0:
                pump.leave_host(row.url)
    assert rows.claimed == [0, 2]
    assert pump.total == 2


def test_after_the_deadline_nothing_is_claimed_but_what_runs_is_answered() -> None:
    def ask(row: Row) -> str:
        time.sleep(0.2)
        return ""

    rows = desk(3, ask=ask)
    with rows.pump(workers=1, deadline_s=0.1) as pump:
        assert taken_from(pump.answers()) == [0]
    assert (rows.claimed, rows.given_back) == ([0], [])


def test_one_host_is_not_asked_by_two_at_the_same_moment(publisher: Publisher) -> None:
    # Measured where a job is claimed: when a request arrives depends on how busy the machine is.
    moments: list[float] = []

    class Timed(Desk):
        def claim(self, key: int) -> Row | None:
            moments.append(time.monotonic())
            return super().claim(key)

    publisher.routes |= {"/0": b"here", "/1": b"here"}
    rows = Timed(
        {key: publisher.url(f"/{key}") for key in range(2)},
        ask=lambda row: fetch(row.url, allowed_addresses=frozenset({publisher.address})).body.decode(),
    )
    with rows.pump(exempt=frozenset()) as pump:
        assert [answer.result() for _, answer in pump.answers()] == ["here", "here"]
    assert moments[1] - moments[0] >= HOST_SPACING_S


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_interrupt_gives_back_what_nobody_got(interrupt: type[BaseException], gate: threading.Event) -> None:
    rows = desk(9, ask=all_but_first_wait(gate))
    with pytest.raises(interrupt), rows.pump(workers=4) as pump:
        for row, answer in pump.answers():
            assert (row.key, answer.result()) == (0, "first")
            raise interrupt
    assert rows.claimed == [0, 1, 2, 3]
    assert sorted(rows.given_back) == [1, 2, 3]


def test_leaving_early_gives_back_too(gate: threading.Event) -> None:
    rows = desk(9, ask=all_but_first_wait(gate))
    with rows.pump(workers=4) as pump:
        for _ in pump.answers():
            break
    assert sorted(rows.given_back) == [1, 2, 3]


def test_closing_the_answers_gives_back_at_the_end_of_the_block(gate: threading.Event) -> None:
    rows = desk(9, ask=all_but_first_wait(gate))
    with rows.pump(workers=4) as pump:
        answers = pump.answers()
        next(answers)
        answers.close()  # type: ignore[attr-defined]
    assert sorted(rows.given_back) == [1, 2, 3]


def test_a_claim_that_fails_gives_back_those_before_it(gate: threading.Event) -> None:
    class Broken(Desk):
        def claim(self, key: int) -> Row | None:
            if key == 2:
                raise ConnectionError
            return super().claim(key)

    rows = Broken({key: f"https://near.example/{key}" for key in range(3)}, ask=all_but_first_wait(gate))
    with pytest.raises(ConnectionError), rows.pump() as pump:
        next(pump.answers())
    assert sorted(rows.given_back) == [0, 1]


def test_an_interrupted_run_does_not_wait_for_its_threads(publisher: Publisher) -> None:
    publisher.routes |= {"/0": b"", "/1": silence()}
    rows = Desk(
        {key: publisher.url(f"/{key}") for key in range(2)},
        ask=lambda row: fetch(row.url, allowed_addresses=frozenset({publisher.address})).url,
    )
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), rows.pump(exempt=frozenset({publisher.address})) as pump:
        next(pump.answers())
        raise KeyboardInterrupt
    assert rows.given_back == [1]
    assert time.monotonic() - started < 5


def test_help_is_called_for_once_when_all_workers_are_busy_and_more_waits(gate: threading.Event) -> None:
    calls: list[int] = []
    for count, expected in ((3, []), (4, []), (9, [4])):
        rows = desk(count, ask=all_but_first_wait(gate))
        work = Work(rows.claim, rows.ask, rows.give_back, lambda rows=rows: calls.append(len(rows.claimed)))  # type: ignore[misc]
        jobs = [Job(key, url) for key, url in rows.urls.items()]
        with Pump(jobs, work, Limits(4, None, NEAR), Clock(NOW), name="test") as pump:
            next(pump.answers())
        assert calls == expected


def test_help_is_called_for_when_the_time_is_up_for_a_run_that_did_something() -> None:
    calls: list[str] = []

    def run(rows: Desk) -> None:
        work = Work(rows.claim, rows.ask, rows.give_back, lambda: calls.append("help"))
        jobs = [Job(key, url) for key, url in rows.urls.items()]
        with Pump(jobs, work, Limits(4, 0.2, frozenset()), Clock(NOW), name="test") as pump:
            for _ in pump.answers():
                pass

    run(desk(2))  # of one host, so the second must wait for longer than there is time
    assert calls == ["help"]
    run(Desk({}, frozenset()))
    run(desk(2, taken=frozenset({0, 1})))
    assert calls == ["help"]

"""The supervisor with small programs of the test's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsdesk.launch.supervise import LOG_LIMIT_BYTES, Program, Stopped, Supervisor, back_off_s, shorten
from tests.launch.desk import ROOT, command_lines, is_group_alive, wait_for

SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)


SUPERVISOR = f"""
import os, sys, time
from pathlib import Path
from newsdesk.launch.supervise import Program, Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor(folder / "run", folder / "logs", dict(os.environ), print)
supervisor.start(Program("sleeper", (sys.executable, "-c", {SLEEP!r})))
print(supervisor.pids()["sleeper"], flush=True)
while True:
    supervisor.tend()
    time.sleep(0.1)
"""


class Bench:
    """A supervisor and what it said."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.run_dir = folder / "run"
        self.run_dir.mkdir()
        self.supervisor = Supervisor(self.run_dir, folder / "logs", dict(os.environ), self.said.append)

    def start(self, name: str, code: str) -> int:
        self.supervisor.start(Program(name, (sys.executable, "-c", code)))
        return self.supervisor.pids()[name]

    def log(self, name: str) -> str:
        return (self.supervisor.log_dir / f"{name}.log").read_text(encoding="utf-8")

    def tend_until(self, condition: Callable[[], bool]) -> None:
        def try_it() -> bool:
            self.supervisor.tend()
            return condition()

        wait_for(try_it, "the supervisor", 20)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.supervisor.stops_asked = 2
    made.supervisor.stop()


def test_back_off_doubles_up_to_a_minute() -> None:
    assert [back_off_s(crashes) for crashes in (1, 2, 3, 7, 8, 50)] == [0.5, 1.0, 2.0, 32.0, 60.0, 60.0]


def test_a_crashed_program_is_started_again_later_each_time(bench: Bench) -> None:
    bench.start("brittle", "print('started', flush=True); raise SystemExit(3)")
    bench.tend_until(lambda: bench.log("brittle").count("started") == 3)
    assert bench.said[0].startswith("brittle stopped (exit 3); starting it again in 0.5 s. Its log: ")
    assert "again in 1 s" in bench.said[1]


def test_a_stop_asks_first_and_leaves_no_grandchild(bench: Bench) -> None:
    grandchild = f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}])"
    code = f"import subprocess, sys; {grandchild}; print('ready', flush=True); {SLEEP}"
    pid = bench.start("parent", code)
    wait_for(lambda: "ready" in bench.log("parent"), "the grandchild")
    bench.supervisor.stop()
    wait_for(lambda: not is_group_alive(pid), "the end of the group", 5)
    assert not bench.run_dir.exists()


def test_a_second_request_does_not_wait_for_the_deaf(bench: Bench) -> None:
    pid = bench.start("deaf", STUBBORN)
    wait_for(lambda: "deaf" in bench.log("deaf"), "the program")
    bench.supervisor.stops_asked = 2
    started = time.monotonic()
    bench.supervisor.stop()
    assert time.monotonic() - started < 5
    assert not is_group_alive(pid)


def test_a_request_to_stop_ends_the_next_round(bench: Bench) -> None:
    bench.supervisor.stops_asked = 1
    with pytest.raises(Stopped):
        bench.supervisor.tend()


def test_a_guard_that_was_killed_is_replaced_and_outlives_the_supervisor(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert supervisor.stdout
    sleeper = int(supervisor.stdout.readline())
    (first,) = guards_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: guards_of(tmp_path) not in ([], [first]), "a new guard", 20)
    assert is_group_alive(sleeper)
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not is_group_alive(sleeper), "the end of the program", 10)
    wait_for(lambda: not (tmp_path / "run").exists(), "the end of the folder", 10)
    wait_for(lambda: guards_of(tmp_path) == [], "the end of the guard", 10)


def guards_of(folder: Path) -> list[int]:
    return [pid for pid, line in command_lines().items() if "guard.py" in line and str(folder) in line]


def test_a_command_runs_once_and_is_tended_meanwhile(bench: Bench) -> None:
    bench.start("brittle", "raise SystemExit(3)")
    status, output = bench.supervisor.run_once((sys.executable, "-c", "import time; time.sleep(1.5); print('done')"))
    assert (status, output) == (0, b"done\n")
    assert bench.said


def test_a_full_log_moves_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * (LOG_LIMIT_BYTES + 1))
        shorten(log)
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (tmp_path / "web.log.1").stat().st_size == LOG_LIMIT_BYTES + 1

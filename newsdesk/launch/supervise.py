"""Run the programs of the desk: start them, restart what crashes, and leave none behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

GUARD = Path(__file__).with_name("guard.py")
POLL_INTERVAL_S = 0.3
# Time that a program gets to end by itself before it is killed; a killed one loses nothing, it only costs a retry.
STOP_GRACE_S = 10.0
# A program that crashes is started again after 0.5 s, then 1, 2, 4 … 60 s; a run of a minute starts the count anew.
FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 60.0
STEADY_AFTER_S = 60.0
LOG_LIMIT_BYTES = 5_000_000
LOG_CHECK_INTERVAL_S = 30.0


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or SIGHUP."""


@dataclass(frozen=True)
class Program:
    """One program to keep running; `descriptors` are open files that it inherits."""

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    descriptors: tuple[int, ...] = ()


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    crashes: int = 0
    start_at: float = 0.0


def back_off_s(crashes: int) -> float:
    """Seconds to wait before the start that follows this many crashes in a row (1 or more)."""
    return min(FIRST_BACK_OFF_S * 2.0 ** (crashes - 1), LONGEST_BACK_OFF_S)


@dataclass
class Supervisor:
    """Programs, each in a session of its own with its output in a log file.

    `run_dir` is a folder for sockets that disappears with the supervisor; `say` prints a line for the person who
    started it. Times are of the monotonic clock, in seconds.
    """

    run_dir: Path
    log_dir: Path
    environment: Mapping[str, str]
    say: Callable[[str], None]
    stops_asked: int = 0
    _children: list[_Child] = field(default_factory=list)
    _guard: subprocess.Popen[bytes] | None = None
    _logs_checked_at: float = 0.0

    def heed_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and SIGHUP end the next round with `Stopped`; a second one stops the waiting too.

        A shell starts background jobs with SIGINT ignored: whoever sends it all the same wants an end. A SIGHUP that
        was ignored (nohup) stays ignored.
        """

        def ask(*_signal: object) -> None:
            self.stops_asked += 1

        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, ask)

    def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        child = _Child(program)
        self._children.append(child)
        self._launch(child)

    def pids(self) -> dict[str, int]:
        """The process id of each running program, by name."""
        return {child.program.name: child.process.pid for child in self._children if child.process}

    def run_once(self, command: tuple[str, ...]) -> tuple[int, bytes]:
        """Run a command to its end with our standard error, tending the programs; (exit status, standard output).

        Its standard output must be short: it is read when the command has ended.
        """
        process = self._spawn(command, stdout=subprocess.PIPE, stderr=None)
        try:
            while process.poll() is None:
                self.tend()
                time.sleep(POLL_INTERVAL_S)
            assert process.stdout
            return process.returncode, process.stdout.read()
        finally:
            self._end(process)

    def tend(self) -> None:
        """One round: start again what has ended, and keep the logs short.

        Raises: Stopped.
        """
        if self.stops_asked:
            raise Stopped
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.start_at:
                    self._launch(child)
            elif child.process.poll() is not None:
                self._mourn(child)
        if self._guard and self._guard.poll() is not None:
            self._guard = None
            for pid in self.pids().values():
                self._tell_guard(f"+{pid}")
        if now - self._logs_checked_at >= LOG_CHECK_INTERVAL_S:
            self._logs_checked_at = now
            for path in self.log_dir.glob("*.log"):
                shorten(path)

    def stop(self) -> None:
        """Stop every program: ask, wait up to 10 s, kill. What was started first (the broker) is stopped last."""
        running = [child for child in self._children if child.process]
        for last_out in (running[1:], running[:1]):
            for child in last_out:
                assert child.process
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(child.program.stop_signal)
            deadline = time.monotonic() + STOP_GRACE_S
            while any(child.process and child.process.poll() is None for child in last_out):
                if time.monotonic() >= deadline or self.stops_asked > 1:
                    break
                time.sleep(0.05)
            for child in last_out:
                assert child.process
                self._end(child.process)
                child.process = None
        self._children.clear()
        if self._guard and self._guard.stdin:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()
            self._guard.wait()
        self._guard = None

    def _launch(self, child: _Child) -> None:
        child.started_at = time.monotonic()
        log, program = self.log_dir / f"{child.program.name}.log", child.program
        try:
            with log.open("ab") as output:
                child.process = self._spawn(
                    program.command, stdout=output, stderr=output, descriptors=program.descriptors
                )
        except OSError as error:  # no memory or no file left: others may end and make room
            self._retry_later(child, f"cannot start ({error.strerror})")

    def _mourn(self, child: _Child) -> None:
        assert child.process
        self._end(child.process)
        status, child.process = child.process.returncode, None
        self._retry_later(child, f"stopped ({_how(status)})")

    def _retry_later(self, child: _Child, what: str) -> None:
        now = time.monotonic()
        child.crashes = 1 if now - child.started_at >= STEADY_AFTER_S else child.crashes + 1
        wait_s = back_off_s(child.crashes)
        child.start_at = now + wait_s
        log = self.log_dir / f"{child.program.name}.log"
        self.say(f"{child.program.name} {what}; starting it again in {wait_s:g} s. Its log: {log}")

    def _spawn(
        self,
        command: tuple[str, ...],
        *,
        stdout: int | BinaryIO,
        stderr: BinaryIO | None,
        descriptors: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        self._have_guard()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=self.environment,
            pass_fds=descriptors,
            start_new_session=True,
        )
        self._tell_guard(f"+{process.pid}")
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what is left of a process and its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell_guard(f"-{process.pid}")

    def _have_guard(self) -> subprocess.Popen[bytes]:
        if self._guard is None:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", str(GUARD), str(self.run_dir)], stdin=subprocess.PIPE, start_new_session=True
            )
        return self._guard

    def _tell_guard(self, line: str) -> None:
        pipe = self._have_guard().stdin
        assert pipe
        with contextlib.suppress(OSError):  # a guard that was killed is replaced in the next round
            pipe.write(f"{line}\n".encode())
            pipe.flush()


def shorten(log: Path) -> None:
    """Keep at most two files of 5 MB: a full log moves to `.1`; its writers append to the emptied one."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit {status}"

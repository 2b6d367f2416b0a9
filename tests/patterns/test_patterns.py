"""No pattern of the project can be made to run long: each is run on texts that were made against it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.once import made_once
from tests.patterns.attacks import worst_cases
from tests.patterns.collecting import MATCHERS, ROOT, calls_of_re
from tests.patterns.measuring import slowest

LIMIT_S = 1.0
PROCESSES = 2


def test_no_pattern_takes_a_second(measured: list[dict[str, Any]]) -> None:
    """On 100 kB made against it, in processor time; the one that a process died of is named, and the next ones run."""
    too_slow = [line for line in measured if line.get("slowest_s", 0) > LIMIT_S or "died" in line]
    assert too_slow == []


def test_every_pattern_was_run(measured: list[dict[str, Any]]) -> None:
    compiled = {tuple(place) for line in measured for place in line.get("compiled_at", ())}
    written = [(path, call) for path, call, name in calls_of_re() if name == "compile"]
    not_run = [
        f"{path}:{call.lineno}"
        for path, call in written
        if not any((path, line) in compiled for line in range(call.lineno, (call.end_lineno or call.lineno) + 1))
    ]
    assert len(written) > 200
    assert not_run == []


def test_every_pattern_is_compiled_where_it_can_be_found() -> None:
    """A pattern in a call of `re.search` would escape the test above: it stands in a constant."""
    assert [f"{path}:{call.lineno}" for path, call, name in calls_of_re() if name in MATCHERS] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s+[-|]\s+([^-|]{2,60})$",  # from each place of a run to its end
        r"[\w-]+\.com",
        r"By\s+(?:[A-Z][\w.’'-]+\s?){2,4}, ",  # a name in four, parted in every way
        r"(?:a+)+b",
        r"\$\d[\d.,]*(?![\d.,]*\s?million)",
        r"[“\"][^”\"]*[”\"]",
    ],
)
def test_a_slow_pattern_is_found(pattern: str) -> None:
    program = f"import re; from tests.patterns.measuring import slowest; slowest(re.compile({pattern!r}), {LIMIT_S})"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert ended.returncode < 0, ended.stderr


def test_a_quick_pattern_is_not() -> None:
    assert slowest(re.compile(r"(?<![\w-])[\w-]+\.com"), LIMIT_S)["slowest_s"] < LIMIT_S
    assert len(worst_cases(re.compile(r"\w+@"))) > 100


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What every pattern took, measured by one process of the run for all."""

    def measure(folder: Path) -> None:
        with ThreadPoolExecutor(PROCESSES) as pool:
            shares = list(pool.map(lambda first: list(_run(first)), range(PROCESSES)))
        (folder / "lines.json").write_text(json.dumps([line for share in shares for line in share]), encoding="utf-8")

    lines: list[dict[str, Any]] = json.loads(
        (made_once(tmp_path_factory, "patterns", measure) / "lines.json").read_text(encoding="utf-8")
    )
    return lines


def _run(first: int) -> Iterator[dict[str, Any]]:
    """What a process says of its share; where a pattern ends it, another goes on behind that pattern."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    while True:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.patterns.measuring", str(first), str(PROCESSES), str(LIMIT_S)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert ended.returncode <= 0, ended.stderr
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        yield from lines
        if ended.returncode == 0:
            return
        begun = [line for line in lines if "place" in line][-1]
        yield {"died": begun, "of": lines[-1]}
        first = begun["place"] + PROCESSES

"""Run as a program: every pattern of the project on its worst cases, one line for each pattern before it is begun.

`python -m tests.patterns.measuring FIRST STEP LIMIT_S` takes every STEP-th pattern from the FIRST on. A single run that
takes longer than LIMIT_S of processor time ends the process: the last line names the pattern.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from tests.patterns.attacks import worst_cases
from tests.patterns.collecting import Found, import_everything, note_compiled

SIZE = 100_000
# Who is done with so many characters in so long is done with all of them in 0.8 s, were it quadratic.
SCREENS = tuple((size, 0.8 * (size / SIZE) ** 2) for size in (1_000, 5_000, 20_000))


def collected() -> list[Found]:
    """Every pattern of the project, each once."""
    found = note_compiled()
    django.setup()
    import_everything()
    return found


def main(first: int, step: int, limit_s: float, only: str = "") -> None:
    """Print {"place", "of", "path", "line", "pattern"} before each pattern, {"slowest_s", "text"} after it."""
    found = collected()
    distinct = list({(one.pattern.pattern, one.pattern.flags): one for one in found}.values())
    for place in range(first, len(distinct), step):
        one = distinct[place]
        if only not in one.path:
            continue
        told = {"place": place, "path": one.path, "line": one.line, "pattern": str(one.pattern.pattern)[:200]}
        print(json.dumps(told), flush=True)
        print(json.dumps(slowest(one.pattern, limit_s)), flush=True)
    print(json.dumps({"compiled_at": sorted({(one.path, one.line) for one in found})}), flush=True)


def slowest(pattern: re.Pattern[Any], limit_s: float) -> dict[str, Any]:
    """The longest run of the pattern on any of its worst cases, in seconds of processor time at full size."""
    worst = (0.0, "")
    for case in worst_cases(pattern):
        for run in (_finditer, _fullmatch):
            if all(_timed(run, pattern, case.text(size, pattern), limit_s) > enough_s for size, enough_s in SCREENS):
                print(json.dumps({"suspect": f"{run.__name__} {case}"}), flush=True)
                worst = max(worst, (_timed(run, pattern, case.text(SIZE, pattern), limit_s), f"{run.__name__} {case}"))
    return {"slowest_s": round(worst[0], 4), "text": worst[1]}


def _timed(run: Callable[[re.Pattern[Any], Any], None], pattern: re.Pattern[Any], text: Any, limit_s: float) -> float:
    before = time.process_time()
    # Nothing handles the signal: the process ends, whatever the pattern is doing.
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    run(pattern, text)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - before


def _finditer(pattern: re.Pattern[Any], text: Any) -> None:
    # It begins as a search does, and goes on after each match as a substitution does.
    for _ in pattern.finditer(text):
        pass


def _fullmatch(pattern: re.Pattern[Any], text: Any) -> None:
    pattern.fullmatch(text)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])

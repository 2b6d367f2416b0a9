"""The time of one run."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from feeds.clock import Clock

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_run_has_its_own_beginning_and_the_machines_pace() -> None:
    clock = Clock(NOW)
    time.sleep(0.02)
    assert timedelta(seconds=0.02) <= clock.now() - NOW < timedelta(seconds=30)
    assert clock.passed_s() >= 0.02

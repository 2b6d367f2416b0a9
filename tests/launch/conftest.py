"""Fixtures of the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.desk import Desk


@pytest.fixture
def sample_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the sample, not started."""
    desk = Desk(tmp_path, "--sample")
    yield desk
    desk.kill_everything()

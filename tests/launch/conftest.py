"""Fixtures of the start."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.desk import UNPLACED, Desk, wait_for
from tests.once import made_once

PUBLISHED = "SELECT 1 FROM digests_digest WHERE state = 'published'"


@pytest.fixture
def sample_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the sample, not started."""
    desk = Desk(tmp_path, "--sample")
    yield desk
    desk.kill_everything()


@pytest.fixture(scope="session")
def played_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk whose sample was started and stopped when it had told its three days; to be copied."""
    return made_once(tmp_path_factory, "played", play_sample)


def play_sample(folder: Path) -> None:
    desk = Desk(folder, "--sample")
    desk.start()
    try:
        desk.wait_until_up()
        wait_for(lambda: not desk.rows(UNPLACED) and len(desk.rows(PUBLISHED)) == 3, "three days' digests")
        programs = desk.programs()
        desk.signal(signal.SIGTERM)
        desk.wait_until_gone(programs)
    finally:
        desk.kill_everything()


@pytest.fixture
def played_desk(tmp_path: Path, played_sample: Path) -> Iterator[Desk]:
    """A desk with the sample, started before and stopped."""
    copy_of(played_sample, tmp_path)
    desk = Desk(tmp_path, "--sample")
    yield desk
    desk.kill_everything()


def copy_of(played_sample: Path, folder: Path) -> Path:
    """The data directory of a copy, made in `folder`."""
    shutil.copytree(played_sample / "sample", folder / "sample", ignore=shutil.ignore_patterns("logs"))
    return folder / "sample"

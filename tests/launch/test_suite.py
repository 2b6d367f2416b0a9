"""`./test` itself, where what it needs is not there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite import ROOT


@pytest.mark.parametrize("with_chromium", [False, True])
def test_browser_tests_without_a_browser_are_no_success(tmp_path: Path, with_chromium: bool) -> None:
    if with_chromium:  # but nothing to drive it
        (tmp_path / "chromium").symlink_to(str(shutil.which("true")))
    result = subprocess.run(
        [sys.executable, "-m", "tests.suite", "--browser", "tests/launch/test_broker.py"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert result.returncode == 1
    assert "apt install chromium chromium-driver" in result.stdout
    assert "passed" not in result.stdout

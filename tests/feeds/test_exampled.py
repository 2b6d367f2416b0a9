"""Commands before anybody has prepared the database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", [["poll", "--all"], ["export_opml"], ["export_digest", "2026-03-20"]])
def test_a_command_on_an_empty_database_says_how_to_prepare_it(tmp_path: Path, command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**environment, "NEWSDESK_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ran.returncode == 1
    assert ran.stderr.strip().endswith("`./manage.py migrate` prepares it, and so does ./run.")
    assert "Traceback" not in ran.stderr

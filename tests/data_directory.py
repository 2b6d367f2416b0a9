"""A data directory of its own for each run: a plugin, because Django's settings are read before any conftest."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

OWN = "" if "NEWSDESK_DATA_DIR" in os.environ else tempfile.mkdtemp(prefix="newsdesk-test-")
os.environ.setdefault("NEWSDESK_DATA_DIR", OWN)
os.environ.setdefault("NEWSDESK_ENV_FILE", os.devnull)  # a developer's own settings are no part of a test
(Path(os.environ["NEWSDESK_DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)


def pytest_unconfigure() -> None:
    """Clear up where the run ends; the processes of xdist inherit the variable and so own nothing."""
    if OWN:
        shutil.rmtree(OWN, ignore_errors=True)

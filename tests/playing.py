"""Programs that play with death (`tests/killing.py`), each run on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
DATABASE = f"killed_{os.getpid()}"  # test processes share the server
PATIENCE_S = 240
Played = Callable[[str, str], list[dict[str, Any]]]


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Played]:
    """Run such a program, given its module and an argument, on a database of its own: the lines that it prints.

    The database is a file, or where the tests run on PostgreSQL, one there.
    """
    environment = {**os.environ, "NEWSDESK_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    environment.pop("DATABASE_URL", None)
    if not settings.DATABASE_URL.startswith("postgres"):
        yield lambda module, argument: _played(environment, module, argument)
        return
    import psycopg

    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE}")
        environment["DATABASE_URL"] = urlsplit(settings.DATABASE_URL)._replace(path=f"/{DATABASE}").geturl()
        yield lambda module, argument: _played(environment, module, argument)
        for name in (DATABASE, f"{DATABASE}_template"):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _played(environment: dict[str, str], module: str, argument: str) -> list[dict[str, Any]]:
    program = subprocess.run(
        [sys.executable, "-m", module, argument],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        encoding="utf-8",
    )
    assert program.returncode == 0, program.stderr
    return [json.loads(line) for line in program.stdout.splitlines()]

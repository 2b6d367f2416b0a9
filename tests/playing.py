"""Programs that play with death (`tests/killing.py`), each run on a database of its own."""

from __future__ import annotations

import json
import os
import shutil
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


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database on the run's PostgreSQL with empty tables, to be copied: making one takes seconds."""
    import psycopg

    name = f"{DATABASE}_empty"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        environment = _environment(tmp_path_factory.mktemp("empty"), DATABASE_URL=_url(name))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def playing(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Played]:
    """Run such a program, given its module and an argument, on a database of its own: the lines that it prints.

    The database is a file, or where the tests run on PostgreSQL, one there.
    """
    if not settings.DATABASE_URL.startswith("postgres"):
        shutil.copy(request.getfixturevalue("migrated"), tmp_path)
        yield lambda module, argument: _played(_environment(tmp_path), module, argument)
        return
    import psycopg

    empty = request.getfixturevalue("empty_database")
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {empty}")
        environment = _environment(tmp_path, DATABASE_URL=_url(DATABASE))
        yield lambda module, argument: _played(environment, module, argument)
        for name in (DATABASE, f"{DATABASE}_template"):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _environment(data_dir: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {"NEWSDESK_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "newsdesk.settings"} | more


def _url(database: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}").geturl()


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

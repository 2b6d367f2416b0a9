"""Shared by every test: the servers that tests may ask for, and which tests run again on PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.line.processes import Processes
from tests.once import made_once
from tests.playing import empty_database, playing  # noqa: F401  (fixtures for every test)
from tests.servers.publisher import publisher  # noqa: F401  (a fixture for every test)
from tests.servers.redis_server import redis_server  # noqa: F401  (a fixture for every test)
from tests.servers.smtp import smtp_server  # noqa: F401  (a fixture for every test)

# Nothing fails because a machine is busy.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")

# What a test asks for when it touches the database of the run (and not one of its own, in a data directory).
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.fixture(autouse=True)
def logbook(settings: Any, tmp_path: Path) -> Path:
    """A logbook for each test alone: it outlives the rows that a test rolls back, as it is meant to."""
    settings.MAIL_LOGBOOK = tmp_path / "logbook" / "mail.txt"
    return settings.MAIL_LOGBOOK


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    """A password made or tried costs nothing: the program's own hasher takes half a second, hundreds of times a run."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database, to be copied: making one takes seconds."""

    def migrate(folder: Path) -> None:
        Processes(folder, "memory://", "").manage("migrate", "--verbosity", "0")

    return made_once(tmp_path_factory, "migrated", migrate) / "newsdesk.sqlite3"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="run only the tests that touch the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    kept = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))

"""Shared by every test: the servers that tests may ask for, and which tests run again on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.playing import playing  # noqa: F401  (a fixture for every test)
from tests.servers.publisher import publisher  # noqa: F401  (a fixture for every test)
from tests.servers.redis_server import redis_server  # noqa: F401  (a fixture for every test)
from tests.servers.smtp import smtp_server  # noqa: F401  (a fixture for every test)

# What a test asks for when it touches the database of the run (and not one of its own, in a data directory).
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


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

"""No wait without an end: a stopped PostgreSQL, a locked and a full SQLite, a silent Redis."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psutil
import pytest
from django.db import DatabaseError, OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from newsdesk.caching import OpenRedisCache
from newsdesk.databases.waiting import Circuit, is_outage, left_s, server, waiting_at_most
from tests.away.site import server_of, suspended
from tests.servers.postgres import running_postgres
from tests.servers.redis_server import RedisServer


def connect(engine: str, **settings: Any) -> Any:
    given = {"ENGINE": f"newsdesk.databases.{engine}", "TIME_ZONE": None, **settings}
    return ConnectionHandler({"default": given})["default"]


@pytest.fixture
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def test_a_stopped_postgres_is_waited_for_no_longer_than_the_budget(unblocked: None) -> None:
    with running_postgres() as url:
        database = connect("postgresql", **{**dj_database_url.parse(url), "ENGINE": "newsdesk.databases.postgresql"})

        def ask() -> None:
            with database.cursor() as cursor:
                cursor.execute("SELECT 1")

        with waiting_at_most(20):
            ask()
        with suspended(server_of(url)):
            began = time.monotonic()
            with pytest.raises(OperationalError) as caught, waiting_at_most(1.0):
                ask()  # on the open connection: the question leaves, and no answer comes
            assert time.monotonic() - began < 10
            assert is_outage(caught.value)
            database.close()
            with pytest.raises(OperationalError), waiting_at_most(2.0):
                ask()  # on a new one: the kernel takes it in, the server says nothing
            began = time.monotonic()
            with pytest.raises(OperationalError), waiting_at_most(20):
                ask()  # and then for a while nobody tries
            assert time.monotonic() - began < 1
        deadline = time.monotonic() + 30
        while True:
            try:
                with waiting_at_most(20):
                    ask()
                break
            except OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        # What takes its time in thinking, not in waiting, is not cut off; and nobody counts in a command.
        with waiting_at_most(1.0):
            time.sleep(1.2)
            ask()
        assert left_s() is None
        with waiting_at_most(1.0), pytest.raises(OperationalError), database.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")
        database.close()
    server.note(is_away=False)


def locked(path: Path) -> Callable[[], None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def test_a_locked_sqlite_is_waited_for_no_longer_than_the_budget(tmp_path: Path, unblocked: None) -> None:
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    database = connect("sqlite3", NAME=str(tmp_path / "x.sqlite3"), OPTIONS=options)
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE x (y)")
    release = locked(tmp_path / "x.sqlite3")
    for is_open in (True, False):
        began = time.monotonic()
        with pytest.raises(OperationalError) as caught, waiting_at_most(0.3):
            if not is_open:
                database.close()
            database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert time.monotonic() - began < 5
        assert is_outage(caught.value)
    began = time.monotonic()
    with pytest.raises(OperationalError), waiting_at_most(0.3):
        database.close()
        with database.cursor() as cursor:
            cursor.execute("INSERT INTO x VALUES (1)")  # without a transaction of its own
    assert time.monotonic() - began < 5
    release()
    database.close()


@pytest.mark.parametrize(
    ("statement", "is_away"),
    [
        ("INSERT INTO x VALUES (zeroblob(100000))", True),
        ("SELECT * FROM missing", False),
        ("SELEC", False),
        ("INSERT INTO x VALUES (1, 2)", False),
    ],
)
def test_a_full_sqlite_is_an_outage_and_nonsense_is_none(
    tmp_path: Path, unblocked: None, statement: str, is_away: bool
) -> None:
    database = connect("sqlite3", NAME=str(tmp_path / "x.sqlite3"), OPTIONS={})
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE x (y)")
        cursor.execute("PRAGMA max_page_count = 3")
        with pytest.raises(DatabaseError) as caught:
            cursor.execute(statement)
    database.close()
    assert is_outage(caught.value) is is_away


@pytest.mark.parametrize("name", ["no/such/folder/x.sqlite3", "no-database"])
def test_a_file_that_is_no_database_is_an_outage(tmp_path: Path, unblocked: None, name: str) -> None:
    (tmp_path / "no-database").write_bytes(b"something else" * 100)
    database = connect("sqlite3", NAME=str(tmp_path / name), OPTIONS={"init_command": "PRAGMA journal_mode=WAL"})
    with pytest.raises(DatabaseError) as caught, database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master")
    assert is_outage(caught.value)
    database.close()


def test_a_circuit_lets_one_try_at_a_time() -> None:
    circuit = Circuit(retry_s=0.2)
    assert [circuit.may_try(), circuit.may_try()] == [True, True]
    circuit.note(is_away=True)
    assert not circuit.may_try()
    time.sleep(0.25)
    with waiting_at_most(1.0, tries=False):
        assert not circuit.may_try()
    assert [circuit.may_try(), circuit.may_try()] == [True, False]
    circuit.note(is_away=False)
    assert [circuit.may_try(), circuit.may_try()] == [True, True]


def test_a_cache_that_is_away_holds_nothing_and_is_asked_again_later(redis_server: RedisServer) -> None:
    cache = OpenRedisCache(redis_server.url, {})
    cache.set("a", {"b": 1}, 60)
    assert cache.get("a") == {"b": 1}
    assert redis_server.process
    with suspended([psutil.Process(redis_server.process.pid)]):
        began = time.monotonic()
        for _ in range(100):
            assert cache.get("a", "nothing") == "nothing"
            cache.set("a", 2)
            assert cache.get_many(["a", "b"]) == {}
            assert cache.has_key("a") is False
            assert cache.delete("a") is False
        assert time.monotonic() - began < 5
    cache._cache._circuit.note(is_away=False)  # its time has passed
    assert cache.get("a") == {"b": 1}

"""Processes that `kill -9` really ends, at one commit after the other, and a database to begin from again each time.

For programs with NEWSDESK_DATA_DIR (SQLite) or DATABASE_URL (PostgreSQL) of their own, which `tests/playing.py` starts.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

ADMIN_DATABASE = "postgres"
WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def killed_at(point: int | None) -> Iterator[None]:
    """kill -9 this process at the n-th moment just before or just after something is committed."""
    passed = count(1)
    commit = connection._commit

    def pass_point() -> None:
        if next(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched_commit() -> None:
        pass_point()
        commit()
        pass_point()

    def watch(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if connection.in_atomic_block or not sql.startswith(WRITES):
            return execute(sql, *arguments)
        pass_point()
        result = execute(sql, *arguments)
        pass_point()
        return result

    connection._commit = watched_commit  # type: ignore[method-assign]
    with connection.execute_wrapper(watch):
        yield


def forked(work: Callable[[], None]) -> int:
    """The process id of a child that does some work and ends."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException as error:  # noqa: BLE001  (whatever it is, the child must not go on as its parent)
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)


def keep_template() -> None:
    if connection.vendor == "postgresql":
        connections.close_all()
        as_admin(f'ALTER DATABASE "{database()}" RENAME TO "{database()}_template"')
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    shutil.copy(database(), f"{database()}.template")


def restore_template() -> None:
    """The database as it was kept, and none of the lines that later runs left about their mails."""
    connections.close_all()
    Path(settings.MAIL_LOGBOOK).unlink(missing_ok=True)
    if connection.vendor == "postgresql":
        as_admin(f'DROP DATABASE IF EXISTS "{database()}" WITH (FORCE)')
        as_admin(f'CREATE DATABASE "{database()}" TEMPLATE "{database()}_template"')
        return
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database()}{suffix}").unlink(missing_ok=True)
    shutil.copy(f"{database()}.template", database())


def database() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def as_admin(statement: str) -> None:
    import psycopg

    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("host", "port", "user", "password") if name in parameters}
    with psycopg.connect(dbname=ADMIN_DATABASE, autocommit=True, **known) as admin:
        admin.execute(statement)

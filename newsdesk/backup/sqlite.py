"""SQLite: a copy of a database that others are writing to, and putting one into its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from newsdesk.backup.archive import sync_folder
from newsdesk.backup.refused import BackupRefused

# Longer than any of our transactions.
PATIENCE_S = 20.0
# What SQLite keeps beside a database. Beside another one it would be read as that one's newest pages.
COMPANIONS = ("-wal", "-shm", "-journal")


def copy_database(path: Path, target: Path) -> tuple[tuple[str, str], ...]:
    """Copy the database as it stands at one moment, checked, into a single file; the migrations it has.

    Raises:
        BackupRefused: There is none, or it is damaged.
    """
    if not path.exists():
        raise BackupRefused(f"There is no database {path}.")
    try:
        source = contextlib.closing(sqlite3.connect(path, timeout=PATIENCE_S))
        with source as database, contextlib.closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return check_database(target)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"The database {path} is damaged: {error}.") from error


def check_database(path: Path) -> tuple[tuple[str, str], ...]:
    """Make sure that a copied database is whole; the migrations it has.

    Raises:
        BackupRefused: It is not.
    """
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupRefused(f"The copied database is damaged: {found}.")
            return tuple(database.execute("SELECT app, name FROM django_migrations ORDER BY id"))
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"The copied database cannot be read: {error}.") from error


def put_into_place(fresh: Path, path: Path, aside: Path) -> None:
    """Make `fresh` the database at `path`; the one that was there, if any, is kept as `aside`.

    Raises:
        BackupRefused: A program has it open.
    """
    if path.exists():
        _settle(path)
        with contextlib.suppress(OSError):
            os.link(path, aside)
        if not aside.exists():  # a file system without hard links
            shutil.copy2(path, aside)
    for suffix in COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    fresh.chmod(0o600)
    fresh.replace(path)
    sync_folder(path.parent)


def _settle(path: Path) -> None:
    """Gather the database into its one file, which needs it to ourselves; a damaged one is left as it is."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=1.0)) as database:
            database.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupRefused(f"A program has {path} open. Stop Newsdesk first.") from error
    except sqlite3.DatabaseError:
        pass

"""Put a backup back: checked before anything is touched, what was there kept aside, then brought up to date."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from kombu.exceptions import OperationalError

from newsdesk.backup import postgres, sqlite
from newsdesk.backup.archive import Manifest, unpack
from newsdesk.backup.refused import BackupRefused
from newsdesk.backup.take import KEPT_FILES, PART_OF
from newsdesk.celery import app
from newsdesk.newsletter.delivery.opening import compare_in_words

# How long a worker may take to answer.
PING_S = 2
NOTHING_SINCE = "The mail logbook knows of nobody who left since, and of no mail that waits here and went out."


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back, what was there before and is kept, and in a sentence or two how mail stands."""

    manifest: Manifest
    kept: tuple[Path, ...]
    mail: str


def put_back(file: Path, *, now: datetime) -> PutBack:
    """Put a backup back into the place of what there is, and bring it up to date with this Newsdesk and its logbook.

    Raises:
        BackupRefused: Newsdesk is running, or the backup is none, damaged, or of a newer Newsdesk or another database.
        OSError: There is no room, or something cannot be written.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (
        _desk_to_ourselves(),
        tempfile.TemporaryDirectory(prefix=".newsdesk-restore-", dir=settings.DATA_DIR) as name,
    ):
        folder = Path(name)
        manifest = unpack(file, folder)
        _check(file, manifest, folder)
        stamp = f"before-restore-{now:%Y%m%dT%H%M%S}"
        kept = [_replace_database(manifest, folder, stamp), *_replace_files(manifest, folder, stamp)]
    _take_key()
    call_command("migrate", verbosity=0, interactive=False)
    return PutBack(
        manifest, tuple(path for path in kept if path and path.exists()), compare_in_words(now=now) or NOTHING_SINCE
    )


def _check(file: Path, manifest: Manifest, folder: Path) -> None:
    vendor = connection.vendor
    if manifest.database != vendor:
        raise BackupRefused(f"{file} is of a {manifest.database} database, but the settings name a {vendor} one.")
    if PART_OF[vendor] not in manifest.parts:
        raise BackupRefused(f"{file} holds no database.")
    migrations = sqlite.check_database(folder / PART_OF[vendor]) if vendor == "sqlite" else manifest.migrations
    unknown = sorted(set(migrations) - set(MigrationLoader(None).disk_migrations))
    if unknown:
        app_label, name = unknown[-1]
        raise BackupRefused(f"{file} is of a newer Newsdesk than this one, which has no migration {app_label} {name}.")


def _replace_database(manifest: Manifest, folder: Path, stamp: str) -> Path:
    part = folder / PART_OF[manifest.database]
    if manifest.database == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        connections.close_all()
        aside = path.with_name(f"{path.name}.{stamp}")
        sqlite.put_into_place(part, path, aside)
        return aside
    aside = settings.DATA_DIR / f"newsdesk.dump.{stamp}"
    postgres.put_into_place(part, settings.DATABASES["default"], aside)
    return aside


def _replace_files(manifest: Manifest, folder: Path, stamp: str) -> Iterator[Path]:
    """Put the other files back; one that differs is kept aside."""
    for name in KEPT_FILES:
        path, fresh = settings.DATA_DIR / name, folder / name
        if name not in manifest.parts or (path.exists() and path.read_bytes() == fresh.read_bytes()):
            continue
        if path.exists():
            aside = path.with_name(f"{name}.{stamp}")
            shutil.copy2(path, aside)
            yield aside
        fresh.chmod(0o600)
        fresh.replace(path)


def _take_key() -> None:
    """Go on under the key that was put back; what the logbook holds under the present one is still recognised."""
    path = settings.DATA_DIR / "secret_key"
    key = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    # A key in the environment counts for every program, whatever the file says.
    if key and settings.IS_KEY_GENERATED and key != settings.SECRET_KEY:
        settings.SECRET_KEY_FALLBACKS = [*settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY]
        settings.SECRET_KEY = key


@contextlib.contextmanager
def _desk_to_ourselves() -> Iterator[None]:
    """Hold the data directory as a start does, so that none begins meanwhile.

    Raises:
        BackupRefused: Newsdesk is running.
    """
    with (settings.DATA_DIR / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupRefused(f"Newsdesk is running on {settings.DATA_DIR}. Stop it first.") from error
        if _has_workers():
            raise BackupRefused("A worker answers at the broker. Stop web, worker and beat first.")
        yield


def _has_workers() -> bool:
    """Whether a worker of the settings' broker answers; none can be asked where there is no broker."""
    if settings.CELERY_BROKER_URL == "memory://":
        return False
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=PING_S)
            return bool(app.control.ping(timeout=PING_S, connection=broker))
    except (OperationalError, OSError):
        return False

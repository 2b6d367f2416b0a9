"""Take a backup of the database and of the files beside it that cannot be had again."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from newsdesk.backup import postgres, sqlite
from newsdesk.backup.archive import FORMAT, Manifest, describe, is_backup, write_archive
from newsdesk.backup.refused import BackupRefused

# The key signs links in mails and hashes addresses; the weights were learned from editors. The mail logbook is kept
# out on purpose: a backup must not put it back (docs/operations.md).
KEPT_FILES = ("secret_key", "clusterer.json")
PART_OF = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def take_backup(file: Path, *, now: datetime) -> Manifest:
    """Write a backup as one file, whole or not at all, while the desk runs; what is in it.

    Raises:
        BackupRefused: There is nothing to back up, something else stands in the file's place, or a program is missing.
        OSError: The file cannot be written.
    """
    if file.exists() and not is_backup(file):
        raise BackupRefused(f"{file} exists and is no backup; it is left as it is.")
    kind = connection.vendor
    with tempfile.TemporaryDirectory(prefix=".newsdesk-backup-", dir=file.absolute().parent) as name:
        folder = Path(name)
        part = folder / PART_OF[kind]
        if kind == "sqlite":
            migrations = sqlite.copy_database(Path(settings.DATABASES["default"]["NAME"]), part)
        else:
            migrations = postgres.dump(part, settings.DATABASES["default"])
        for kept in KEPT_FILES:
            if (settings.DATA_DIR / kept).is_file():
                shutil.copyfile(settings.DATA_DIR / kept, folder / kept)
        parts = {path.name: describe(path) for path in (part, *(folder / kept for kept in KEPT_FILES)) if path.exists()}
        manifest = Manifest(FORMAT, now.isoformat(timespec="seconds"), kind, migrations, parts)
        write_archive(file.absolute(), folder, manifest)
    return manifest

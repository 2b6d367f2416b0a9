from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.backup.refused import BackupRefused
from newsdesk.backup.take import take_backup


class Command(ExampledCommand):
    help = (
        "Write the database, the generated secret key and what train_clusterer learned into one file, while Newsdesk\n"
        "runs. The file is whole or not there, and readable by you alone: it holds mail addresses. The mail logbook\n"
        "is left out on purpose, so that a restored backup never mails twice. With PostgreSQL this calls pg_dump."
    )
    example = "  manage.py backup /backups/newsdesk-$(date +%F).tar.gz"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="an earlier backup in its place is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            manifest = take_backup(file, now=timezone.now())
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}; no backup was written.") from error
        except sqlite3.OperationalError as error:
            raise CommandError(f"{file}: {error}; no backup was written.") from error
        parts = ", ".join(f"{name} ({size:,} bytes)" for name, (_, size) in manifest.parts.items())
        self.stdout.write(f"{file}: {parts}")
        if "secret_key" not in manifest.parts:
            self.stderr.write("SECRET_KEY is set in the environment and is no part of it: keep it elsewhere.")

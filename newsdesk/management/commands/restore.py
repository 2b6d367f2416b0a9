from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.backup.put_back import put_back
from newsdesk.backup.refused import BackupRefused


class Command(ExampledCommand):
    help = (
        "Put a backup back, with Newsdesk stopped. It is checked first; what was there is kept aside, under a name\n"
        "with the time. Then the database is migrated and compared with the mail logbook: whoever left since the\n"
        "backup is taken out again, and what was mailed since is not mailed again. Where the logbook is missing, all\n"
        "mail is paused until somebody resumes it in the admin."
    )
    example = "  manage.py restore /backups/newsdesk-2026-03-25.tar.gz"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a file that `manage.py backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            done = put_back(file, now=timezone.now())
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}.") from error
        self.stdout.write(f"Put back what {file} holds, of {done.manifest.made_at}.")
        for path in done.kept:
            self.stdout.write(f"What was there before is kept: {path}")
        self.stdout.write(done.mail)

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.catalogue.opml import write_opml
from feeds.files import write_whole
from feeds.management.exampled import ExampledCommand


class Command(ExampledCommand):
    help = "Write all polled feeds as OPML 2.0."
    example = "  manage.py export_opml subscriptions.opml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the file to write; standard output if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        document = write_opml()
        path: Path | None = options["file"]
        if path is None:
            self.stdout.write(document.decode(), ending="")
            return
        try:
            write_whole(path, document)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"Wrote {path}")

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.catalogue.opml import BadOpml, import_outlines, read_opml
from feeds.management.exampled import ExampledCommand


class Command(ExampledCommand):
    help = "Add the feeds that an OPML file names, nested as deep as they may be; only http and https are taken."
    example = """  manage.py import_opml subscriptions.opml --dry-run
  refused: file:///etc/passwd
  would add 37 feeds, 2 known already, 1 refused"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the OPML file")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, add nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            outlines = read_opml(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except BadOpml as error:
            raise CommandError(f"{path} cannot be imported: {error}") from error
        done = import_outlines(outlines, now=timezone.now(), dry_run=options["dry_run"])
        for url in done.added:
            self.stdout.write(f"{'would add' if options['dry_run'] else 'added'}: {url}")
        for url in done.refused:
            self.stdout.write(f"refused: {url[:200]!r} is not an http or https address")
        self.stdout.write(
            f"{'would add' if options['dry_run'] else 'added'} {len(done.added)} feeds, "
            f"{len(done.known)} known already, {len(done.refused)} refused"
        )

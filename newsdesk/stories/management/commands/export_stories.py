"""`manage.py export_stories`: stories as JSON lines."""

from __future__ import annotations

import sys
from argparse import RawDescriptionHelpFormatter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsdesk.stories.export import export_stories


class Command(BaseCommand):
    help = """\
Write stories as JSON, one a line, in the order first seen: all, or those with an entry seen in (since, until].
The same rows give the same bytes.

example:
  manage.py export_stories --since 2026-03-19T07:00:00Z --until 2026-03-20T07:00:00Z --output stories.jsonl
"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="ISO", help="only stories with an entry seen after this time")
        parser.add_argument("--until", metavar="ISO", help="leave out what was seen after this time")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write to FILE instead of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = _moment("--since", options["since"]), _moment("--until", options["until"])
        written = 0
        try:
            # Bytes, because canonical output has one line ending and one encoding wherever it is written.
            target = options["output"].open("wb") if options["output"] else sys.stdout.buffer
            try:
                for line in export_stories(since=since, until=until):
                    target.write(line.encode() + b"\n")
                    written += 1
                target.flush()
            finally:
                if options["output"]:
                    target.close()
        except OSError as error:
            raise CommandError(
                f"{options['output'] or 'standard output'}: cannot be written: {error.strerror}."
            ) from error
        self.stderr.write(f"{written} stories")


def _moment(option: str, value: str | None) -> datetime | None:
    """The time given, in UTC where it names no zone."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise CommandError(f"{option}: {value!r} is not a time such as 2026-03-20T07:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

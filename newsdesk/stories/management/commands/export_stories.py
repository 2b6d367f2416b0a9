from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.files import whole_file
from feeds.management.exampled import ExampledCommand
from newsdesk.stories.export import export_stories
from newsdesk.stories.management.arguments import read_moment


class Command(ExampledCommand):
    help = """\
Write stories as JSON, one a line, in the order first seen: all, or those with an entry seen in (since, until].
The same rows give the same bytes."""
    example = """\
  manage.py export_stories --since 2026-03-19T07:00:00Z --until 2026-03-20T07:00:00Z --output stories.jsonl"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="ISO", help="only stories with an entry seen after this time")
        parser.add_argument("--until", metavar="ISO", help="leave out what was seen after this time")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write to FILE instead of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = read_moment("--since", options["since"]), read_moment("--until", options["until"])
        written = 0
        try:
            # Bytes, because canonical output has one line ending and one encoding wherever it is written.
            output = options["output"]
            with whole_file(output) if output else nullcontext(sys.stdout.buffer) as target:
                for line in export_stories(since=since, until=until):
                    target.write(line.encode() + b"\n")
                    written += 1
                target.flush()
        except OSError as error:
            raise CommandError(
                f"{options['output'] or 'standard output'}: cannot be written: {error.strerror}."
            ) from error
        self.stderr.write(f"{written} stories")

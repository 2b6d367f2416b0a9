from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.files import write_whole
from feeds.management.exampled import ExampledCommand
from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.html import as_html
from newsdesk.digests.documents.text import as_text
from newsdesk.digests.management.arguments import add_date, add_edition, find_digest, find_edition, read_date
from newsdesk.digests.shape import Document

FORMATS: dict[str, Callable[[Document], bytes]] = {
    "json": canonical_json,
    "html": lambda document: as_html(document).encode(),
    "text": lambda document: as_text(document).encode(),
}


class Command(ExampledCommand):
    help = "Write a digest as canonical JSON, as one self-contained HTML file, or as text 72 columns wide."
    example = "  manage.py export_digest 2026-03-20 --format html --output digest.html"

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        add_date(parser)
        parser.add_argument(
            "--format", choices=sorted(FORMATS), default="text", help="json, html or text (default: text)"
        )
        parser.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        digest = find_digest(find_edition(options["edition"]), read_date(options["date"]))
        content = FORMATS[options["format"]](as_document(digest))
        output: Path | None = options["output"]
        if output is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            write_whole(output, content)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}.") from error
        self.stderr.write(f"wrote {len(content):,} bytes to {output}")

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.management.exampled import ExampledCommand
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.management.arguments import add_edition, find_digest, find_edition, read_date
from newsdesk.digests.models import Digest
from newsdesk.digests.shape import Document

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Command(ExampledCommand):
    help = (
        "Check every receipt of a digest: its text is kept under its hash, the quote stands at the span, an extracted\n"
        "sentence is its quotes. A file is also compared with the digest in the database. Exits with 1 on any fault."
    )
    example = "  manage.py export_digest 2026-03-20 --format json --output d.json && manage.py verify_digest d.json"

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        parser.add_argument(
            "digest", metavar="DATE|FILE", help="date of a digest, YYYY-MM-DD, or an exported JSON file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["digest"]
        if _DATE.fullmatch(named):
            document: Any = as_document(find_digest(find_edition(options["edition"]), read_date(named)))
            faults = verify_document(document)
        else:
            document = _read(Path(named))
            faults = verify_document(document, _stored(document))
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{named}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}.")
        sentences = [s for item in document["items"] for s in item["sentences"]] + [
            w["sentence"] for w in document["watch"]
        ]
        receipts = sum(len(sentence["receipts"]) for sentence in sentences)
        self.stdout.write(
            f"{named}: {len(document['items'])} stories, {len(sentences)} sentences, {receipts} receipts hold"
        )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not a JSON document: {error}.") from error


def _stored(document: Any) -> Document | None:
    """The digest in the database that a document says it is, if there is one."""
    if not isinstance(document, dict):
        return None
    try:
        day = date.fromisoformat(str(document.get("date")))
    except ValueError:
        return None
    digest = (
        Digest.objects.select_related("edition").filter(edition__slug=str(document.get("edition")), date=day).first()
    )
    return as_document(digest) if digest else None

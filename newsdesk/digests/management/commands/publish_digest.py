"""Publish the digest of a date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from newsdesk.digests.build import AlreadyPublished
from newsdesk.digests.management.arguments import add_arguments, add_date, find_digest, find_edition, read_date
from newsdesk.digests.publish import publish_digest


class Command(BaseCommand):
    """Publish a digest that was built."""

    help = "Publish a digest that was built; from then on only a recorded correction changes it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The date and the edition."""
        add_arguments(parser, "manage.py build_digest 2026-03-20 && manage.py publish_digest 2026-03-20")
        add_date(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish it."""
        digest = find_digest(find_edition(options["edition"]), read_date(options["date"]))
        try:
            publish_digest(digest, now=timezone.now())
        except AlreadyPublished as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{digest.date} No. {digest.number} published: {digest.title}")

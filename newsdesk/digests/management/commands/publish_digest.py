from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.digests.management.arguments import add_date, add_edition, find_digest, find_edition, read_date
from newsdesk.digests.publish import publish_digest
from newsdesk.digests.refused import AlreadyPublished, ChangedMeanwhile, NotYetDue


class Command(ExampledCommand):
    help = "Publish a digest that was built; from then on only a recorded correction changes it."
    example = "  manage.py build_digest 2026-03-20 && manage.py publish_digest 2026-03-20"

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        add_date(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        digest = find_digest(find_edition(options["edition"]), read_date(options["date"]))
        try:
            publish_digest(digest, now=timezone.now())
        except (AlreadyPublished, ChangedMeanwhile, NotYetDue) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{digest.date} No. {digest.number} published: {digest.title}")

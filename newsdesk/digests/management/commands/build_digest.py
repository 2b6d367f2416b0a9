from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.digests.building.build import build
from newsdesk.digests.management.arguments import add_date, add_edition, find_edition, read_date
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, NotYetDue


class Command(ExampledCommand):
    help = (
        "Rank, tell and compose the digest of a date; it stays a draft until it is published. What editors changed in\n"
        "an earlier build stays; an approved digest is not built again."
    )
    example = "  manage.py build_digest 2026-03-20"

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        add_date(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        edition, day = find_edition(options["edition"]), read_date(options["date"])
        self.stderr.write(f"building the {edition.slug} digest of {day} ...")
        try:
            digest = build(edition, day, now=timezone.now())
        except (AlreadyApproved, AlreadyPublished, NotYetDue) as error:
            raise CommandError(str(error)) from error
        stories = digest.items.in_page_order().count()
        self.stdout.write(f"{digest.date} No. {digest.number}: {stories} stories, lead: {digest.title}")

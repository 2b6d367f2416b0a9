"""What the digest commands are told: a date, an edition, and the digest they name."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from newsdesk.digests.models import Digest, Edition


def add_edition(parser: CommandParser) -> None:
    """Add `--edition`."""
    parser.add_argument(
        "--edition", default=settings.EDITION, help=f"slug of the edition (default: {settings.EDITION})"
    )


def add_date(parser: CommandParser) -> None:
    """Add the DATE of a digest."""
    parser.add_argument("date", metavar="DATE", help="date of the digest, YYYY-MM-DD")


def find_edition(slug: str) -> Edition:
    """The edition of this slug.

    Raises:
        CommandError: There is none.
    """
    edition = Edition.objects.filter(slug=slug).first()
    if edition is None:
        known = ", ".join(Edition.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no edition {slug!r}; known are: {known}.")
    return edition


def read_date(text: str) -> date:
    """The date that YYYY-MM-DD stands for.

    Raises:
        CommandError: It stands for none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a date; write it as YYYY-MM-DD.") from error


def find_digest(edition: Edition, day: date) -> Digest:
    """The edition's digest of a date.

    Raises:
        CommandError: It has not been built.
    """
    digest = edition.digests.select_related("edition").filter(date=day).first()
    if digest is None:
        raise CommandError(f"There is no {edition.slug} digest of {day}; build_digest {day} makes it.")
    return digest

"""What commands are told: a time."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.management.base import CommandError


def read_moment(option: str, text: str | None) -> datetime | None:
    """The time that an option names, in UTC where it names no zone; None where it was not given.

    Raises:
        CommandError: It is no time.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option}: {text!r} is not a time such as 2026-03-20T07:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""Why a digest is not built or published: each refusal says so in one sentence."""

from __future__ import annotations

from datetime import date, datetime


class AlreadyPublished(Exception):
    """A published digest is not built again: only a recorded correction changes it."""


class AlreadyApproved(Exception):
    """An approved digest is not built again: it is published as it stands."""


class NotYetDue(Exception):
    """The digest's cut-off lies ahead: more may still be seen."""


def too_early(day: date, until: datetime) -> NotYetDue:
    """The refusal to build a digest before its cut-off."""
    return NotYetDue(
        f"The digest of {day} covers what is seen until {until:%Y-%m-%d %H:%M} UTC; it is too early to build it."
    )


class ChangedMeanwhile(Exception):
    """The digest is not as it was read: an editor changed it, approved it or withdrew the approval."""

"""Build a date's digest of any edition."""

from __future__ import annotations

from datetime import date, datetime

from newsdesk.digests.building.daily import build_digest
from newsdesk.digests.building.weekly import build_week
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.telling.tell import Model


def build(edition: Edition, day: date, *, now: datetime, model: Model = "ask") -> Digest:
    """The week's from its daily digests, any other from the stories of its window.

    Raises:
        AlreadyPublished: It has been published.
        AlreadyApproved: It has been approved.
        NotYetDue: It is too early, or there is no digest of that date.
    """
    if edition.slug == WEEKLY_EDITION:
        return build_week(day, now=now)
    return build_digest(edition, day, now=now, model=model)

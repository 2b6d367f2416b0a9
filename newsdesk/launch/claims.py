"""Give back what killed processes still hold, where nobody else can be at work."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from feeds.models import Entry, Feed, HostClaim
from newsdesk.lease import Lease


@transaction.atomic
def release_claims(now: datetime) -> None:
    """End every claim and lease.

    They would expire by themselves within minutes, but a start that follows a kill -9 would publish its digest
    without the feeds that were being polled. Only for a database of our own, before any worker runs.
    """
    Feed.objects.filter(claimed_until__gt=now).update(claimed_until=None)
    Entry.objects.filter(extraction_claimed_until__gt=now).update(extraction_claimed_until=None)
    HostClaim.objects.all().delete()
    Lease.objects.filter(expires_at__gt=now).update(holder="", expires_at=now)

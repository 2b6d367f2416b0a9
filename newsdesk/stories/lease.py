"""The right to be the only writer: taken, renewed and given back by conditional UPDATEs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from newsdesk.stories.models import Lease


class LeaseLostError(Exception):
    """Another holder has taken the lease, because ours had expired."""


def take_lease(name: str, holder: str, *, now: datetime, duration: timedelta) -> bool:
    """Take a lease that is free, expired or already ours, until `now + duration`; False if another holds it."""
    Lease.objects.bulk_create([Lease(name=name, expires_at=now)], ignore_conflicts=True)
    free = Lease.objects.filter(Q(expires_at__lte=now) | Q(holder=holder), name=name)
    return free.update(holder=holder, expires_at=now + duration) == 1


def renew_lease(name: str, holder: str, *, now: datetime, duration: timedelta) -> None:
    """Prolong a lease of ours until `now + duration`.

    Called first inside a writing transaction, it locks the lease's row, so that nobody can take over before the
    commit.

    Raises:
        LeaseLostError: somebody else holds it now.
    """
    if Lease.objects.filter(name=name, holder=holder).update(expires_at=now + duration) != 1:
        raise LeaseLostError(name)


def release_lease(name: str, holder: str, *, now: datetime) -> None:
    """Give a lease of ours back; without effect if it is no longer ours."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", expires_at=now)

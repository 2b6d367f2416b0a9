"""The right to be the only writer: taken, renewed and given back by conditional UPDATEs."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

RETRY_S = 0.1
# Nobody takes a lease for longer: one that ends later is of a clock that had run ahead.
LONGEST = timedelta(hours=1)


class Lease(models.Model):
    """The right to be the one writer of something, until it expires."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "stories"  # the first to need leases; their table has stayed there

    def __str__(self) -> str:
        return self.name


class LeaseLost(Exception):
    """Another holder has taken the lease, because ours had expired."""


class LeaseBusy(Exception):
    """Another holder kept the lease for as long as we could wait."""


def new_holder() -> str:
    """A name for a holder that no other has: host, process and a random part."""
    return f"{platform.node()[:50]} {os.getpid()} {os.urandom(4).hex()}"


@contextmanager
def held_lease(name: str, *, duration: timedelta, patience: timedelta) -> Iterator[str]:
    """Hold a lease, by the real clock, waiting for it as long as `patience`; yields the holder's name.

    Raises:
        LeaseBusy: somebody else held it all the time.
    """
    holder = new_holder()
    give_up = time.monotonic() + patience.total_seconds()
    while not take_lease(name, holder, now=timezone.now(), duration=duration):
        if time.monotonic() >= give_up:
            raise LeaseBusy(name)
        time.sleep(RETRY_S)
    try:
        yield holder
    finally:
        release_lease(name, holder, now=timezone.now())


def take_lease(name: str, holder: str, *, now: datetime, duration: timedelta) -> bool:
    """Take a lease that is free, expired or already ours, until `now + duration`; False if another holds it."""
    Lease.objects.bulk_create([Lease(name=name, expires_at=now)], ignore_conflicts=True)
    is_free = Q(expires_at__lte=now) | Q(holder=holder) | Q(expires_at__gt=now + LONGEST)
    free = Lease.objects.filter(is_free, name=name)
    return free.update(holder=holder, expires_at=now + duration) == 1


def renew_lease(name: str, holder: str, *, now: datetime, duration: timedelta) -> None:
    """Prolong a lease of ours until `now + duration`.

    Called first inside a writing transaction, it locks the lease's row, so that nobody can take over before the
    commit.

    Raises:
        LeaseLost: somebody else holds it now.
    """
    if Lease.objects.filter(name=name, holder=holder).update(expires_at=now + duration) != 1:
        raise LeaseLost(name)


def release_lease(name: str, holder: str, *, now: datetime) -> None:
    """Give a lease of ours back; without effect if it is no longer ours."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", expires_at=now)

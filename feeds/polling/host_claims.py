"""One run at a time asks a host, however many share the work: within a run `feeds.web.hosts` sees to politeness."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from feeds.models import HostClaim
from feeds.web.hosts import host_and_port_of

# Longer than a slice of work with its last request; renewed in a longer run, and what a killed worker leaves behind.
CLAIM = timedelta(minutes=2)
MAX_NAME_CHARACTERS = 255


class HostClaims:
    """The hosts that a run of `kind` holds; `exempt` "host:port" strings need no claim."""

    def __init__(self, kind: str, exempt: frozenset[str]) -> None:
        self._kind, self._exempt = kind, exempt
        self._holder = uuid.uuid4().hex
        self._held: dict[str, datetime] = {}
        self._refused: set[str] = set()

    def claim(self, url: str, now: datetime) -> bool:
        """Claim the URL's host by one conditional UPDATE; False, for the whole of the run, if another run has it."""
        host = host_and_port_of(url)
        if host in self._exempt or (host in self._held and now < self._held[host] - CLAIM / 2):
            return True
        if host in self._refused:
            return False
        name, until = f"{self._kind} {host}"[:MAX_NAME_CHARACTERS], now + CLAIM
        HostClaim.objects.bulk_create([HostClaim(name=name, claimed_until=now)], ignore_conflicts=True)
        if (
            HostClaim.objects.free_for(self._holder, now)
            .filter(name=name)
            .update(holder=self._holder, claimed_until=until)
        ):
            self._held[host] = until
            return True
        self._refused.add(host)
        return False

    def give_back(self) -> None:
        """Let other runs have the hosts."""
        if self._held:
            HostClaim.objects.filter(holder=self._holder).delete()

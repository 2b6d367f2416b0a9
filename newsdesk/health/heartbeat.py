"""The sweep's heartbeat: a row, for whoever asks whether anything still runs may run on another machine."""

from __future__ import annotations

from datetime import datetime

from newsdesk.health.models import Heartbeat

SWEEP = "sweep"


def beat(name: str, *, now: datetime) -> None:
    """Note that it happened."""
    if not Heartbeat.objects.filter(pk=name).update(at=now):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=now)], ignore_conflicts=True)

"""The sweep's heartbeat: a row, for whoever asks whether anything still runs may run on another machine."""

from __future__ import annotations

from datetime import datetime

from newsdesk.health.models import Beat

SWEEP = "sweep"


def beat(name: str, *, now: datetime) -> None:
    """Note that it happened."""
    if not Beat.objects.filter(pk=name).update(at=now):
        Beat.objects.bulk_create([Beat(name=name, at=now)], ignore_conflicts=True)

"""Forget who came from where: no address of a client is kept for more than 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

# A day less than promised, for a worker that was away.
KEPT = timedelta(days=29)


def forget(*, now: datetime) -> int:
    """Delete log-ins and failed log-ins older than 29 days, and sessions that have ended; returns how many rows."""
    rows = [model.objects.filter(attempt_time__lt=now - KEPT) for model in (AccessAttempt, AccessFailureLog, AccessLog)]
    return int(sum(found.delete()[0] for found in (*rows, Session.objects.filter(expire_date__lt=now))))

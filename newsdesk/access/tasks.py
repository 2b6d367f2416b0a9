"""What access does by the clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.access.forget import forget as forget_old


@shared_task
def forget() -> int:
    """Forget old log-ins and ended sessions; safe to run twice."""
    return forget_old(now=timezone.now())

"""What the ledger does by the clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.llm import ledger


@shared_task
def settle_lost() -> int:
    """Settle calls whose program is gone; safe to run twice."""
    return ledger.settle_lost(now=timezone.now())

"""Watching, as a task."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.health.watch import watch as look


@shared_task
def watch() -> None:
    """Find incidents and tell the operator; safe to run twice."""
    look(now=timezone.now())

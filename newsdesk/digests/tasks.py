"""The last stage of the line as a task."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.digests.publish import publish_due


@shared_task
def publish() -> int:
    """Build and publish what is due; safe to run twice."""
    return publish_due(now=timezone.now())

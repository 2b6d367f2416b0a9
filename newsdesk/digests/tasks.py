"""The last stage of the line as a task."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.digests.building.preview import keep_preview
from newsdesk.digests.publish import publish_due


@shared_task
def publish() -> int:
    """Build and publish what is due; safe to run twice."""
    return publish_due(now=timezone.now())


@shared_task
def preview() -> bool:
    """Keep readers' preview of the next digest up to date; safe to run twice. Nothing waits for it."""
    return keep_preview(now=timezone.now())

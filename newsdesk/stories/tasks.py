"""The stages of this app as Celery tasks; each returns how many rows it worked on."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsdesk.stories.classifying.ask import ask_pending
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.pending import audit_pending


@shared_task
def dedupe() -> int:
    """Fingerprint entries and name the originals that they copy."""
    return dedupe_pending(now=timezone.now())


@shared_task
def cluster() -> int:
    """Put fingerprinted entries into stories."""
    return cluster_pending(now=timezone.now(), is_in_turn=True)


@shared_task
def classify() -> int:
    """Decide theme, relevance and thread of changed stories; with a model, ask it about those that are unsure."""
    now = timezone.now()
    return classify_pending(now=now) + ask_pending(now=now)


@shared_task
def audit() -> int:
    """Look through all rows for work that no index shows; returns how much there was."""
    return audit_pending()

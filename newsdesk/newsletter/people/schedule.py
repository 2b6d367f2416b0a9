"""When a digest is mailed and what a subscriber chose, in the words of pages and letters."""

from __future__ import annotations

from django.conf import settings

from newsdesk.newsletter.models import Subscriber
from newsdesk.stories.themes import theme_label


def daily_at() -> str:
    """`at 07:00 (UTC)`."""
    return f"at {settings.DIGEST_HOUR:02d}:00 ({settings.DIGEST_TIME_ZONE.key})"


def weekly_at() -> str:
    """`on Monday at 07:00 (UTC)`; the sample has no weekly digest, and says so."""
    if settings.SAMPLE:
        return "(not in the sample)"
    return f"on {settings.WEEKLY_DAY.capitalize()} {daily_at()}"


def choice_in_words(subscriber: Subscriber) -> str:
    """`every day at 07:00 (UTC), with Security and Policy`."""
    is_weekly = subscriber.frequency == Subscriber.Frequency.WEEKLY
    often = f"every week {weekly_at()}" if is_weekly else f"every day {daily_at()}"
    labels = [theme_label(slug) for slug in subscriber.themes]
    themes = " and ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]])) or "every theme"
    return f"{often}, with {themes}"

"""What a digest was made from, counted."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from feeds.models import RECORDING_SCHEME, Entry, Feed
from newsdesk.digests.shape import CoverageJson
from newsdesk.stories.models import Coverage


def count_coverage(after: datetime, until: datetime, *, untold: int) -> CoverageJson:
    """What was first seen in (after, until]: articles, publishers, relevant stories; and the feeds that answered.

    Feeds of a recording are not polled, so they are not counted; `untold` stories are in other languages only.
    """
    entries = Entry.objects.filter(is_news=True, seen_at__gt=after, seen_at__lte=until)
    owners = entries.values_list("feed__publisher__owner_group", "feed__publisher__slug").distinct()
    stories = Coverage.objects.filter(
        entry__is_news=True, entry__seen_at__gt=after, entry__seen_at__lte=until, story__is_relevant=True
    )
    feeds = Feed.objects.filter(is_active=True).exclude(url__startswith=RECORDING_SCHEME)
    answered = Q(succeeded_at__gt=after) | Exists(entries.filter(feed=OuterRef("pk")))
    return {
        "articles": entries.count(),
        "publishers": len({group or slug for group, slug in owners}),
        "stories": stories.values("story").distinct().count(),
        "other_languages": untold,
        "feeds_answered": feeds.filter(answered).count(),
        "feeds": feeds.count(),
    }

"""Create the publishers and feeds of the sample."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from feeds.models import Feed, Publisher
from newsdesk.sample.world import read_world


@transaction.atomic
def load_sample(base_url: str, *, now: datetime) -> int:
    """Create or update the sample's publishers and feeds, all of them due at once, and return how many feeds there are.

    `base_url` is that of the sample server. A publisher has one feed: when the server has moved to another port, the
    feed moves with it.
    """
    root = base_url.rstrip("/")
    outlets = read_world().outlets.values()
    for outlet in outlets:
        publisher, _ = Publisher.objects.update_or_create(
            slug=outlet.slug,
            defaults={
                "name": outlet.name,
                "homepage": f"{root}/{outlet.slug}/",
                "owner_group": outlet.owner_group,
                "kind": outlet.kind,
                "standing": outlet.standing,
                "has_paywall": outlet.paywall,
                "language": outlet.language,
                "note": "Invented, for the sample.",
            },
        )
        Feed.objects.update_or_create(
            publisher=publisher,
            defaults={
                "url": f"{root}/{outlet.slug}/{outlet.feed_file}",
                "title": outlet.name,
                "language": outlet.language,
                "covers_only_ai": outlet.covers_only_ai,
                "next_poll_at": now,
            },
        )
    return len(outlets)

"""A program that fills a migrated database: today's digest, just published, and so many subscribers.

python -m tests.newsletter.filled_desk SUBSCRIBERS
"""

from __future__ import annotations

import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from newsdesk.digests.window import Hours  # noqa: E402
from tests.newsletter.mailings import make_published  # noqa: E402
from tests.newsletter.rows import make_subscriber  # noqa: E402

if __name__ == "__main__":
    now = timezone.now()
    make_published(Hours.of_settings().latest_date(now), published_at=now)
    for number in range(int(sys.argv[1])):
        make_subscriber(f"n{number}@example.org", confirmed_at=now - timedelta(hours=1))

"""The editions by their slugs."""

from __future__ import annotations

# The edition that publishes every date it has news for, not the latest alone.
SAMPLE_EDITION = "sample"
WEEKLY_EDITION = "weekly"
# The edition of whose digests a week is made.
DAILY_EDITION = "daily"

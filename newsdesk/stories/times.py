"""Times as the exports write them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """An aware time as ISO 8601 in UTC, to the microsecond where there is one, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""When a digest is published, in words. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsdesk.digests.models import Digest

_MINUTE = timedelta(minutes=1)


def publishing_words(
    state: str, cut_off: datetime, published_at: datetime | None, now: datetime, *, is_newest: bool
) -> str:
    """What will happen to a digest by itself, and when; the line publishes the newest date (`is_newest`) only."""
    if state == Digest.State.PUBLISHED and published_at is not None:
        return f"Published on {published_at:%-d %B %Y} at {published_at:%H:%M} UTC."
    hour = f"{cut_off:%H:%M} UTC" if cut_off.date() == now.date() else f"{cut_off:%H:%M} UTC on {cut_off:%-d %B}"
    is_approved = state == Digest.State.APPROVED
    if cut_off > now:
        how = "as it stands" if is_approved else "by itself"
        then = "" if is_approved else " It is built again then from all that is in; what was changed here stays."
        return f"Publishes {how} at {hour}, in {in_words(cut_off - now)}.{then}"
    if not is_newest:
        return f"Its hour, {hour}, has passed and a newer one is due: it waits for you."
    how = "publishes it as it stands" if is_approved else "builds it again and publishes it"
    return f"Its hour, {hour}, has come: the line {how} within minutes."


def in_words(duration: timedelta) -> str:
    """Days and hours, hours and minutes, or minutes: "42 minutes", "1 hour 5 minutes", "2 days 3 hours"."""
    minutes = duration // _MINUTE
    if minutes < 1:
        return "less than a minute"
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)

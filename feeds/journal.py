"""Where editors' changes are noted: the function that the setting FEEDS_JOURNAL names, for feeds knows no journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def note_change(
    verb: str, subject: str, *, actor: Any, now: datetime, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Note who did what to what, in the transaction of the change itself; nothing where the setting is empty."""
    if settings.FEEDS_JOURNAL:
        import_string(settings.FEEDS_JOURNAL)(verb, subject, actor=actor, now=now, before=before, after=after)

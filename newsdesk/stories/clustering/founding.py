"""The permanent public ids that an entry gives to the story it founds. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

PUBLIC_ID_LENGTHS = (10, 16)


def founding_ids(feed_url: str, guid: str) -> tuple[str, ...]:
    """The ids of stories that an entry founds, the usual one first: base32 of a hash of the entry."""
    name = _name(feed_url, guid)
    return tuple(name[:length] for length in PUBLIC_ID_LENGTHS)


def story_public_id(feed_url: str, guid: str, taken: Iterable[str] = ()) -> str:
    """The permanent id of the story that an entry founds: longer where the usual one is taken."""
    name = _name(feed_url, guid)
    return next((short for short in founding_ids(feed_url, guid) if short not in taken), name[16:32])


def _name(feed_url: str, guid: str) -> str:
    return base64.b32encode(hashlib.sha256(f"{feed_url}\n{guid}".encode()).digest()).decode().lower()

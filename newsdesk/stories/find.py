"""The story that somebody means: by its public id, or by the address of its page here or in the admin."""

from __future__ import annotations

import re

from newsdesk.stories.models import Story

# Nobody types more.
MAX_CHARACTERS = 300
_ADMIN_PAGE = re.compile(r"/stories/story/([0-9]{1,18})(?:/|$)")
_PAGE = re.compile(r"/story/([^/?#\s]+)")
_PUBLIC_ID = re.compile(r"[\w-]{1,16}")


def find_story(text: str) -> Story | None:
    """The story of that id or address, merged or not; None where there is none. At most one query."""
    text = text.strip()[:MAX_CHARACTERS]
    if match := _ADMIN_PAGE.search(text):
        return Story.objects.filter(pk=int(match[1])).first()
    name = match[1] if (match := _PAGE.search(text)) else text
    return Story.objects.filter(public_id=name).first() if _PUBLIC_ID.fullmatch(name) else None

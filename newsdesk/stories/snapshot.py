"""What the journal keeps of stories and entries before and after a change of coverage, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newsdesk.stories.models import Story

# What editors decide of a story, and what a merge carries along.
EDITED_FIELDS = ("headline", "is_headline_edited", "theme", "second_theme", "is_theme_edited", "is_pinned", "is_hidden")

Fields = Mapping[str, Any]


def subject_of(story: Story) -> str:
    """The story as the journal names it."""
    return f"story {story.public_id}"


def edited_fields(story: Story) -> dict[str, Any]:
    """The values of `EDITED_FIELDS`."""
    return {name: getattr(story, name) for name in EDITED_FIELDS}


def snapshot(
    stories: Mapping[str, Fields], bare: Iterable[str], places: Iterable[tuple[int, str, str, float | None]]
) -> dict[str, Any]:
    """The stories' fields by public id, which of them nothing covers, and entry, story, role, similarity of places."""
    return {"stories": dict(stories), "bare": list(bare), "places": [list(place) for place in places]}

"""Stories as JSON lines, the same bytes for the same rows (`docs/architecture.md`, `export_stories`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from newsdesk.stories.models import Story
from newsdesk.stories.ranking.rank import rank_stories
from newsdesk.stories.read import EntryView, StoryView, read_stories
from newsdesk.stories.times import iso

# Stories whose texts are held in memory at once.
READ_STORIES = 500
BEFORE_ANY_NEWS = datetime(1970, 1, 1, tzinfo=UTC)


def export_stories(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """One JSON object a story, in the order first seen, for the stories with a report seen in (since, until].

    What was seen after `until` is left out of them, and counts for no rank. Rank 1 is the best story of the time
    span; a story that the ranking leaves out has none.
    """
    stories = Story.objects.standing()
    if since is not None:
        stories = stories.filter(last_seen_at__gt=since)
    if until is not None:
        stories = stories.filter(first_seen_at__lte=until)
    ids = list(stories.order_by("first_seen_at", "public_id").values_list("id", flat=True))
    ranks: dict[int, tuple[int, float]] = {}
    if ids:
        last = until or Story.objects.order_by("-last_seen_at").values_list("last_seen_at", flat=True)[0]
        ranked = rank_stories(after=since or BEFORE_ANY_NEWS, until=last)
        ranks = {one.story.id: (position, one.score) for position, one in enumerate(ranked, start=1)}
    for start in range(0, len(ids), READ_STORIES):
        views = read_stories(ids[start : start + READ_STORIES], until=until)
        for pk in ids[start : start + READ_STORIES]:
            if pk in views and (since is None or views[pk].last_seen_at > since):
                rank, score = ranks.get(pk, (None, None))
                yield json.dumps(_story(views[pk], rank, score), ensure_ascii=False, separators=(",", ":"))


def _story(story: StoryView, rank: int | None, score: float | None) -> dict[str, Any]:
    return {
        "id": story.public_id,
        "headline": story.headline,
        "theme": story.theme,
        "themes": [theme for theme in (story.theme, story.second_theme) if theme],
        "relevant": story.is_relevant,
        "rank": rank,
        "score": None if score is None else round(score, 4),
        "publishers": story.publishers,
        "origins": story.origins.as_json(),
        "thread": story.thread,
        "first_seen": iso(story.first_seen_at),
        "last_seen": iso(story.last_seen_at),
        "entries": [
            _entry(entry, is_related=entry in story.related)
            for entry in sorted((*story.entries, *story.related), key=lambda entry: (entry.seen_at, entry.id))
        ],
    }


def _entry(entry: EntryView, *, is_related: bool) -> dict[str, Any]:
    return {
        "id": entry.public_id,
        "url": entry.url,
        "title": entry.title,
        "publisher": entry.publisher,
        "published": iso(entry.published_at) if entry.published_at else None,
        "duplicate_of": entry.duplicate_of or None,
        "related": is_related,
    }

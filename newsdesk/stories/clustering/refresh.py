"""What a story's row says of its coverage, worked out again after the coverage has changed."""

from __future__ import annotations

from collections.abc import Collection

from newsdesk.stories.clustering.rebuild import entry_language
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.titles.headline import Title, best_headline

REFRESHED_FIELDS = ("headline", "first_seen_at", "last_seen_at")


def refresh_stories(stories: Collection[Story]) -> None:
    """Set headline (unless an editor wrote it) and times of these stories from their coverage, without saving.

    A story without coverage is left as it is. One query.
    """
    rows = Coverage.objects.filter(story__in=[story.pk for story in stories]).select_related("entry__feed__publisher")
    covered: dict[int, list[Coverage]] = {}
    for row in rows.order_by("entry__seen_at", "entry_id"):
        covered.setdefault(row.story_id, []).append(row)
    for story in stories:
        if of_story := covered.get(story.pk):
            story.first_seen_at = of_story[0].entry.seen_at
            story.last_seen_at = of_story[-1].entry.seen_at
            if not story.is_headline_edited:
                titles = [_title(row) for row in of_story if not row.is_related]
                story.headline = best_headline(titles or [_title(row) for row in of_story])


def _title(row: Coverage) -> Title:
    publisher = row.entry.feed.publisher
    return Title(row.entry.title, publisher.name, publisher.standing, entry_language(row.entry), row.role)

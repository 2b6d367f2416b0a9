"""What becomes of stories whose coverage changed hands: one that has none left redirects to the one that took it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from newsdesk.stories.models import Coverage, Story


def covered_stories(stories: Iterable[int]) -> set[int]:
    """Those of these stories, by row id, that have coverage."""
    return set(Coverage.objects.filter(story__in=list(stories)).values_list("story", flat=True))


def absorb_emptied(stories: Mapping[int, Story], taken_by: Mapping[str, Story]) -> list[list[str]]:
    """Merge those of the locked stories that have lost all coverage, and let the others stand; the stories unsaved.

    `taken_by` names for each story by public id the one that took its first entry. Follow-ups of a merged story follow
    what it was merged into, in the rows; returned are [follow-up, story it followed], by public id.
    """
    covered = covered_stories(stories)
    led: list[list[str]] = []
    for pk, story in stories.items():
        if pk in covered:
            story.merged_into = None
        elif into := taken_by.get(story.public_id):
            _absorb(story, into)
            led += [[name, story.public_id] for name in _lead_on(story, into, stories)]
    return led


def _absorb(story: Story, into: Story) -> None:
    """What editors wrote of the story goes along where `into` has nothing of its own."""
    story.merged_into = into
    into.is_pinned = into.is_pinned or story.is_pinned
    if story.is_headline_edited and not into.is_headline_edited:
        into.headline, into.is_headline_edited = story.headline, True
    if story.is_theme_edited and not into.is_theme_edited:
        into.theme, into.second_theme, into.is_theme_edited = story.theme, story.second_theme, True
    if into.thread_id == story.pk:
        into.thread = None


def _lead_on(story: Story, into: Story, stories: Mapping[int, Story]) -> list[str]:
    root = into.thread_id or into.pk
    followers = Story.objects.filter(thread=story).exclude(pk=into.pk).order_by("pk")
    names = dict(followers.values_list("pk", "public_id"))
    Story.objects.filter(pk__in=names).exclude(pk=root).update(thread=root)
    Story.objects.filter(pk__in=names, pk=root).update(thread=None)
    for pk in names.keys() & stories.keys():
        stories[pk].thread_id = None if pk == root else root
    return list(names.values())

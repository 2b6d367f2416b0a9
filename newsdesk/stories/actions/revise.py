"""Change what is said of a story: headline, theme, whether it is pinned or hidden."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from feeds.scrub import scrub
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.editing import lock_stories, refuse_merged, refuse_stale
from newsdesk.stories.clustering.refresh import refresh_stories
from newsdesk.stories.models import Story
from newsdesk.stories.snapshot import subject_of
from newsdesk.stories.themes import Theme

# As much as a digest's item takes.
MAX_HEADLINE_CHARACTERS = 200
# The fields that each verb may change.
FIELDS = {
    "story.rename": ("headline", "is_headline_edited"),
    "story.theme": ("theme", "second_theme", "is_theme_edited"),
    "story.pin": ("is_pinned",),
    "story.hide": ("is_hidden",),
}


def revise_story(
    story: Story,
    *,
    hand: Hand,
    headline: str | None = None,
    theme: str | None = None,
    second_theme: str | None = None,
    is_pinned: bool | None = None,
    is_hidden: bool | None = None,
) -> list[Change]:
    """Change what is given and leave the rest; the changes noted, one for each kind, none where all was so already.

    An empty headline or theme leaves it to the line again.

    Raises:
        ActRefused: a value will not do, or the story is merged or was edited meanwhile.
    """
    with transaction.atomic():
        row = lock_stories([story.pk])[story.pk]
        refuse_merged([row])
        refuse_stale(row, hand)
        before = fields_of(row)
        if headline is not None:
            row.headline, row.is_headline_edited = _headline(headline) or row.headline, bool(headline.strip())
        if theme is not None or second_theme is not None:
            first = row.theme if theme is None else theme
            # A second theme that becomes the first is none any more.
            kept = "" if row.second_theme == first else row.second_theme
            _set_theme(row, first, kept if second_theme is None else second_theme)
        row.is_pinned = row.is_pinned if is_pinned is None else is_pinned
        row.is_hidden = row.is_hidden if is_hidden is None else is_hidden
        return save_revision(row, before, hand=hand)


def save_revision(
    row: Story, before: dict[str, dict[str, Any]], *, hand: Hand, undoes: Change | None = None
) -> list[Change]:
    """Save a locked story whose fields have changed since `before`, and note what has."""
    if before["story.rename"]["is_headline_edited"] and not row.is_headline_edited:
        refresh_stories([row])
    after = fields_of(row)
    touched = [verb for verb in FIELDS if before[verb] != after[verb]]
    if touched:
        row.version += 1
        row.edits += 1
        row.save(
            update_fields=[
                *(name for names in FIELDS.values() for name in names),
                "version",
                "edits",
            ]
        )
    note = {"undoes": undoes.pk} if undoes else {}
    return [hand.note(verb, subject_of(row), before=before[verb], after={**after[verb], **note}) for verb in touched]


def fields_of(row: Story) -> dict[str, dict[str, Any]]:
    """What editors can change of a story, by verb."""
    return {verb: {name: getattr(row, name) for name in names} for verb, names in FIELDS.items()}


def _headline(text: str) -> str:
    clean = " ".join(scrub(text, 2 * MAX_HEADLINE_CHARACTERS).split())
    if len(clean) > MAX_HEADLINE_CHARACTERS:
        raise ActRefused(f"A headline has at most {MAX_HEADLINE_CHARACTERS} characters; this one has {len(clean)}.")
    return clean


def _set_theme(row: Story, theme: str, second: str) -> None:
    if not theme:
        row.is_theme_edited = False
        return
    for slug in filter(None, (theme, second)):
        if slug not in Theme.values:
            raise ActRefused(f"{slug!r} is none of our themes.")
    if theme == second:
        raise ActRefused("The second theme must be another than the first.")
    row.theme, row.second_theme, row.is_theme_edited = theme, second, True

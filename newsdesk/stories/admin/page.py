"""What a story's page in the admin shows, read with a constant number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from feeds.urls import http_url
from newsdesk.journal.models import Change
from newsdesk.journal.note import changes_of
from newsdesk.stories.actions.undo import can_undo
from newsdesk.stories.changes_in_words import tell_deed
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.ranking.rank import score_stories
from newsdesk.stories.ranking.score import EDITORS_WORDS
from newsdesk.stories.read import read_stories
from newsdesk.stories.snapshot import subject_of
from newsdesk.stories.themes import theme_label
from newsdesk.stories.unsure import is_relevance_unsure, is_theme_unsure

MAX_CHANGES = 100
# A digest's window.
RANKED_TIME = timedelta(hours=24)
MAX_DIGESTS = 20
MAX_NAMES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a story; `url` is empty where its address leads nowhere safe."""

    entry: int
    title: str
    url: str
    publisher: str
    seen_at: datetime
    role: str
    joined: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """A change in words."""

    change: Change
    words: str
    can_undo: bool


def story_context(request: HttpRequest, story: Story, *, ticked: Collection[int] = ()) -> dict[str, Any]:
    """What the page shows of a story besides its form. Eight queries at most."""
    digests = story.digest_items.select_related("digest__edition").order_by("-digest__date", "-digest_id")
    coverage = coverage_rows(story, ticked)
    return {
        "story": story,
        "coverage": coverage,
        "names": names_in(row.title for row in coverage),
        "deeds": [
            Deed(change, tell_deed(change), can_undo(change)) for change in changes_of(subject_of(story))[:MAX_CHANGES]
        ],
        "digests": [item.digest for item in digests.filter(is_dropped=False)[:MAX_DIGESTS]],
        "may_see_digests": request.user.has_perm("digests.view_digest"),
        "theme_words": theme_words(story),
        "relevance_words": relevance_words(story),
        **_ranking(story),
    }


def _ranking(story: Story) -> dict[str, Any]:
    """The points of the story for a digest that closed with its last report, as (points, words), and their sum."""
    view = read_stories([story.pk]).get(story.pk)
    if view is None:
        return {"score": None, "reasons": []}
    (ranked,) = score_stories([view], after=view.last_seen_at - RANKED_TIME)
    words = [(r.points, r.words or EDITORS_WORDS.get(r.name, r.name)) for r in ranked.reasons]
    return {"score": ranked.score, "reasons": words}


def coverage_rows(story: Story, ticked: Collection[int]) -> list[Row]:
    """The entries in the order seen. One query."""
    rows = (
        Coverage.objects.filter(story=story)
        .select_related("entry__feed__publisher", "entry__fingerprint__original__feed__publisher")
        .defer("entry__summary", "entry__body", "entry__fingerprint__original__summary")
        .defer("entry__fingerprint__original__body")
        .order_by("entry__seen_at", "entry_id")
    )
    return [
        Row(
            entry=row.entry_id,
            title=row.entry.title,
            url=http_url(row.entry.url),
            publisher=row.entry.feed.publisher.name,
            seen_at=row.entry.seen_at,
            role=_role_words(row),
            joined="first" if number == 0 else "by hand" if row.similarity is None else f"{row.similarity:.2f}",
            is_ticked=row.entry_id in ticked,
        )
        for number, row in enumerate(rows)
    ]


def names_in(titles: Iterable[str]) -> list[str]:
    """Whom and what the titles name, the most often named first, by the registry of entities."""
    count = Counter(hit.name for title in titles for hit in find_entities(title))
    return [name for name, _ in count.most_common(MAX_NAMES)]


def theme_words(story: Story) -> str:
    """The theme, who decided it, and how sure the line is of it."""
    if not story.theme:
        return "not decided yet"
    themes = " and ".join(theme_label(slug) for slug in (story.theme, story.second_theme) if slug)
    if story.is_theme_edited:
        return f"{themes}, set by an editor"
    if story.theme_probability is None:
        return themes
    if story.judged_by and is_theme_unsure(story.theme_probability):
        return f"{themes}, decided by {story.judged_by}"
    if not story.is_theme_unsure:
        return f"{themes}, {story.theme_probability:.0%} certain"
    shares = [(story.theme, story.theme_probability), (story.second_theme, story.second_theme_probability)]
    told = ", ".join(f"{theme_label(slug)} {share:.0%}" for slug, share in shares if slug and share is not None)
    return f"The desk is unsure of the theme: {told}"


def relevance_words(story: Story) -> str:
    """Whether it is AI news, and how probable that is."""
    if story.is_relevant is None or story.relevance is None:
        return "not judged yet"
    verdict = f"{story.relevance:.0%} AI news{'' if story.is_relevant else ': left out'}"
    if story.judged_by and is_relevance_unsure(story.relevance):
        return f"{verdict}, decided by {story.judged_by}"
    return f"{verdict}; the desk is unsure" if story.is_relevance_unsure else verdict


def _role_words(row: Coverage) -> str:
    fingerprint = getattr(row.entry, "fingerprint", None)
    if row.role == Coverage.Role.COPY and fingerprint and fingerprint.original:
        return f"Copy of {fingerprint.original.feed.publisher.name}"
    if row.is_related:
        return "Related"
    return str(row.get_role_display())

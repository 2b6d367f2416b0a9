"""What the other apps may know of stories: frozen views, read with a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsdesk.stories.language import language_of_text
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.origins.found import Origins, find_origins
from newsdesk.stories.origins.publishers import count_publishers
from newsdesk.stories.titles.headline import best_headline


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as part of a story; `role` is report, copy or round_up, `standing` is 0 to 1, `language` its title's."""

    id: int
    public_id: str
    url: str
    title: str
    author: str
    publisher: str
    owner: str
    kind: str
    standing: float
    has_paywall: bool
    language: str
    published_at: datetime | None
    seen_at: datetime
    role: str
    duplicate_of: str
    text_sha256: str
    text: str
    # As the page itself says; a feed may carry an old page again under a new date.
    first_public_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as known at a moment; entries in the order seen, `publishers` counts owner groups.

    `related` are the entries that stand in the story and may tell another event: nothing that is said of it is theirs.
    `is_whole` is false where entries seen later are left out; theme, relevance and thread are still of them all, and so
    is what the line is unsure of. What editors wrote is so whatever is left out.
    """

    id: int
    public_id: str
    version: int
    headline: str
    theme: str
    second_theme: str
    relevance: float | None
    is_relevant: bool | None
    thread: str
    first_seen_at: datetime
    last_seen_at: datetime
    publishers: int
    entries: tuple[EntryView, ...]
    related: tuple[EntryView, ...] = ()
    is_whole: bool = True
    is_headline_edited: bool = False
    is_theme_edited: bool = False
    is_pinned: bool = False
    thread_headline: str = ""
    is_theme_unsure: bool = False
    is_relevance_unsure: bool = False

    @property
    def origins(self) -> Origins:
        """Who found it out, judged anew at each call: for what is shown, not for what is ranked."""
        return find_origins(self.entries)


def read_stories(story_ids: Iterable[int], *, until: datetime | None = None) -> dict[int, StoryView]:
    """The stories by id, each with its entries seen at or before `until`; one with none yet is left out.

    Two queries, whatever the number. Where `until` hides entries, times and publishers are of the others, and so is the
    headline unless an editor wrote it.
    """
    stories = {story.pk: story for story in Story.objects.filter(pk__in=set(story_ids)).select_related("thread")}
    rows = Coverage.objects.filter(story__in=list(stories)).select_related(
        "entry__feed__publisher", "entry__article__text", "entry__fingerprint__original__feed"
    )
    known: dict[int, list[Coverage]] = {}
    hidden: set[int] = set()
    for row in rows.order_by("entry__seen_at", "entry_id"):
        if until is not None and row.entry.seen_at > until:
            hidden.add(row.story_id)
        else:
            known.setdefault(row.story_id, []).append(row)
    return {
        pk: _story_view(story, known[pk], is_whole=pk not in hidden)
        for pk, story in sorted(stories.items())
        if pk in known
    }


def _story_view(story: Story, rows: list[Coverage], *, is_whole: bool) -> StoryView:
    related = _related(rows)
    entries = tuple(_entry_view(row) for row in rows if row.entry_id not in related)
    return StoryView(
        id=story.pk,
        public_id=story.public_id,
        version=story.version,
        headline=story.headline if is_whole or story.is_headline_edited else best_headline(entries),
        theme=story.theme,
        second_theme=story.second_theme,
        relevance=story.relevance,
        is_relevant=story.is_relevant,
        thread=story.thread.public_id if story.thread else "",
        first_seen_at=entries[0].seen_at,
        last_seen_at=entries[-1].seen_at,
        publishers=count_publishers(entries),
        entries=entries,
        related=tuple(_entry_view(row) for row in rows if row.entry_id in related),
        is_whole=is_whole,
        is_headline_edited=story.is_headline_edited,
        is_theme_edited=story.is_theme_edited,
        is_pinned=story.is_pinned,
        thread_headline=story.thread.headline if story.thread else "",
        is_theme_unsure=story.is_theme_unsure,
        is_relevance_unsure=story.is_relevance_unsure,
    )


def _related(rows: Sequence[Coverage]) -> set[int]:
    """The entries that are only related to the story that these rows cover, with their copies; never all of them."""
    weak = {row.entry_id for row in rows if row.is_related}
    for row in rows:
        fingerprint = getattr(row.entry, "fingerprint", None)
        if row.role == Coverage.Role.COPY and fingerprint and fingerprint.original_id in weak:
            weak.add(row.entry_id)
    return weak if len(weak) < len(rows) else set()


def _entry_view(row: Coverage) -> EntryView:
    entry = row.entry
    publisher = entry.feed.publisher
    article = getattr(entry, "article", None)
    fingerprint = getattr(entry, "fingerprint", None)
    original = fingerprint.original if fingerprint else None
    return EntryView(
        id=entry.pk,
        public_id=entry.public_id,
        url=entry.url,
        title=entry.title,
        author=(article.author if article else "") or entry.author,
        publisher=publisher.name,
        owner=publisher.owner,
        kind=publisher.kind,
        standing=publisher.standing,
        has_paywall=publisher.has_paywall,
        language=language_of_text(entry.title, entry.language or entry.feed.language or publisher.language),
        published_at=entry.published_at,
        seen_at=entry.seen_at,
        role=row.role,
        duplicate_of=original.public_id if original else "",
        text_sha256=article.text_id if article else "",
        text=article.text.text if article else "",
        first_public_at=article.published_at if article else None,
    )

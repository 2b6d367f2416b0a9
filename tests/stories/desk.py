"""What tests of editing need: editors, stories with coverage, and what stands where."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Permission, User

from feeds.models import Entry
from newsdesk.journal.models import Change
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.constraints import MUST
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Constraint, Coverage, Story
from tests.stories.labelled import invented
from tests.stories.rows import at, entry_of
from tests.stories.test_merge_and_split import BRIDGED, GLUED, SUIT

NOW = at(300)


def editor(name: str = "kim", *permissions: str) -> User:
    """A member of staff with these permissions on stories (may change them, where none is named) and no others."""
    user = User.objects.create_user(name, password="a long pass phrase", is_staff=True)
    wanted = permissions or ("view_story", "change_story")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="stories", codename__in=wanted))
    return user


def story_of(*entries: Entry, **fields: object) -> Story:
    """A story that its first entry founded, as clustering leaves it."""
    first = min(entries, key=lambda entry: (entry.seen_at, entry.pk))
    story = Story.objects.create(
        public_id=story_public_id(first.feed.url, first.guid),
        headline=first.title,
        first_seen_at=first.seen_at,
        last_seen_at=max(entry.seen_at for entry in entries),
        **{"theme": "launches", "is_relevant": True, "relevance": 0.9, "classified_version": 1, **fields},
    )
    dedupe_pending(now=NOW)
    for entry in entries:
        Coverage.objects.create(
            entry=entry, story=story, similarity=None if entry == first else 0.7, clustered_at=entry.seen_at
        )
    return story


def reports(*titles: str, hours: float = 0) -> list[Entry]:
    """An entry of a publisher of its own for each title, an hour apart."""
    return [entry_of(title, publisher=f"P{hours}-{n}", hours=hours + n) for n, title in enumerate(titles)]


def invent_stories() -> None:
    """The invented labelled items, clustered."""
    for record in invented():
        hours = (record.first_seen - at(0)) / timedelta(hours=1)
        entry_of(record.title, record.body or record.summary, publisher=record.source, hours=hours, url=record.url)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)


def arrive_repaired(hours: float = 0) -> list[Entry]:
    """Entries that bring a late merge about, a copy of one that was moved by it, then some that bring about a split."""
    told = [*BRIDGED, (3.5, SUIT), *((10 + key, title) for key, title in GLUED)]
    arrived = [entry_of(title, publisher=f"Outlet {key}", hours=hours + key) for key, title in told]
    dedupe_pending(now=NOW)
    return arrived


def places() -> dict[int, tuple[str, str]]:
    """Entry -> the story it is in, by public id, and its role."""
    return {row.entry_id: (row.story.public_id, row.role) for row in Coverage.objects.select_related("story")}


def together() -> set[frozenset[int]]:
    """The entries of each story."""
    found: dict[int, set[int]] = {}
    for row in Coverage.objects.all():
        found.setdefault(row.story_id, set()).add(row.entry_id)
    return {frozenset(entries) for entries in found.values()}


def said() -> set[tuple[str, int, int]]:
    """The standing constraints: "=" or "x", and the two entries."""
    rows = Constraint.objects.filter(is_withdrawn=False)
    return {("=" if row.kind == MUST else "x", row.one_id, row.other_id) for row in rows}


def last_change(story: Story) -> Change:
    return Change.objects.filter(subject=f"story {story.public_id}").latest("id")

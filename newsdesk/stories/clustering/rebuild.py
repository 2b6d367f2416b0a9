"""The open window as rows: what a clusterer is rebuilt from, and how to see that the rows have not changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from feeds.models import ArticleText, Entry
from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.comparing.own_odds import current_odds
from newsdesk.stories.clustering.founding import founding_ids
from newsdesk.stories.clustering.item import Item
from newsdesk.stories.clustering.open_stories import WINDOW
from newsdesk.stories.embedding.embed import chosen_model, read_vectors
from newsdesk.stories.embedding.embedder import Values
from newsdesk.stories.language import language_of_text
from newsdesk.stories.models import Constraint, Coverage, Story

# Rows that a rebuild holds in memory at once.
READ_ROWS = 500
NOTHING_PLACED: Mapping[int, str] = {}


def item_of(entry: Entry, text: ArticleText, *, founds: str, is_bonded: bool = False, vector: Values = ()) -> Item:
    """The entry as the clusterer takes it, with what it is compared by; needs `feed__publisher` loaded."""
    title, _, body = text.text.partition("\n\n")
    return Item(
        key=entry.pk,
        founds=founds,
        seen_at=entry.seen_at,
        title=title or entry.title,
        text=body,
        publisher=entry.feed.publisher.slug,
        language=entry_language(entry),
        is_bonded=is_bonded,
        vector=vector,
    )


def entry_language(entry: Entry) -> str:
    """The language of an entry's title; what entry, feed or publisher declare, unless the script says otherwise."""
    declared = entry.language or entry.feed.language or entry.feed.publisher.language
    return language_of_text(entry.title, declared)


def rebuild_clusterer(before: datetime | None = None, placed: Mapping[int, str] = NOTHING_PLACED) -> Clusterer:
    """A clusterer that decides as one which has placed every covered entry itself; with `before` those seen earlier.

    `placed` names the stories, by public id, of entries that are to be taken as standing elsewhere than they do.
    """
    clusterer = Clusterer(current_odds())
    rows, clock = open_coverage(before, placed)
    if clock is not None:
        reports = rows.filter(role=Coverage.Role.REPORT).select_related("entry__feed__publisher", "story", "text")
        clusterer.restore(open_items(reports.order_by("id"), rows, placed), clock=clock)
    return clusterer


def open_coverage(
    before: datetime | None, placed: Collection[int] = frozenset()
) -> tuple[QuerySet[Coverage], datetime | None]:
    """The coverage of stories not yet closed, with that of the entries in `placed`, and the time of the last entry.

    With `before` as if nothing seen then or later were known.
    """
    known = Coverage.objects.all()
    if before is None:
        clock = Story.objects.aggregate(last=Max("last_seen_at"))["last"]
    else:
        known = known.filter(entry__seen_at__lt=before)
        clock = known.aggregate(last=Max("entry__seen_at"))["last"]
    if clock is None:
        return known.none(), None
    in_open_story = Q(story__in=Story.objects.filter(last_seen_at__gte=clock - WINDOW))
    return known.filter(in_open_story | Q(entry__in=placed) if placed else in_open_story), clock


def open_items(
    reports: QuerySet[Coverage], open_rows: QuerySet[Coverage], placed: Mapping[int, str]
) -> Iterator[tuple[Item, str]]:
    """The reports as the clusterer takes them, and their stories; some hundreds in memory at a time."""
    bonded = bonded_stories(open_rows)
    rows = reports.iterator(chunk_size=READ_ROWS)
    while chunk := list(islice(rows, READ_ROWS)):
        names = {row.pk: founding_ids(row.entry.feed.url, row.entry.guid) for row in chunk}
        covered = Story.objects.filter(Exists(Coverage.objects.filter(story=OuterRef("pk"))))
        wanted = [name for of_row in names.values() for name in of_row]
        living = set(covered.filter(public_id__in=wanted).values_list("public_id", flat=True))
        texts = [row.text or row.entry.fingerprint.text for row in chunk]
        vectors = read_vectors(text.pk for text in texts)
        for row, text in zip(chunk, texts, strict=True):
            free = (name for name in names[row.pk] if name not in living or name == row.story.public_id)
            item = item_of(
                row.entry,
                text,
                founds=next(free, ""),
                is_bonded=row.story.is_edited or row.story_id in bonded,
                vector=vectors.get(text.pk, ()),
            )
            yield item, placed.get(row.entry_id, row.story.public_id)


def bonded_stories(rows: QuerySet[Coverage]) -> set[int]:
    """The stories of these rows, by row id, of whose entries an editor has said that they belong there or not."""
    standing = Constraint.objects.filter(is_withdrawn=False)
    said = rows.filter(Q(entry__in=standing.values("one")) | Q(entry__in=standing.values("other")))
    return set(said.values_list("story", flat=True))


def window_rows() -> dict[str, Any]:
    """Figures that differ after any change of coverage in the window, for each one bumps its story's version.

    And after a report in it came by a vector, which happens when a text turns up again that was placed without one.
    """
    clock = Story.objects.aggregate(last=Max("last_seen_at"))["last"]
    if clock is None:
        return {}
    stories = Story.objects.filter(last_seen_at__gte=clock - WINDOW)
    model = chosen_model()
    reports = Coverage.objects.filter(story__in=stories, role=Coverage.Role.REPORT)
    return {
        "clock": clock,
        "vectors": reports.filter(text__vectors__model=model).count() if model else 0,
        "newest": Coverage.objects.aggregate(id=Max("id")),
        **stories.aggregate(
            count=Count("id"), versions=Sum("version"), ids=Sum("id"), low=Min("public_id"), high=Max("public_id")
        ),
    }

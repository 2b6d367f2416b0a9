"""The open window as rows: what a clusterer is rebuilt from, and how to see that the rows have not changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Max, Min, Sum

from feeds.models import ArticleText, Entry
from newsdesk.stories.clusterer import WINDOW, Clusterer, Item
from newsdesk.stories.embed import chosen_model, read_vectors
from newsdesk.stories.embedding.embedder import Values
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.text import language_of_text

# Rows that a rebuild holds in memory at once.
READ_ROWS = 500


def item_of(entry: Entry, text: ArticleText, *, founds: str, vector: Values = ()) -> Item:
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
        vector=vector,
    )


def entry_language(entry: Entry) -> str:
    """The language of an entry's title; what entry, feed or publisher declare, unless the script says otherwise."""
    declared = entry.language or entry.feed.language or entry.feed.publisher.language
    return language_of_text(entry.title, declared)


def rebuild_clusterer(before: datetime | None = None) -> Clusterer:
    """A clusterer that decides as one which has placed every covered entry itself; with `before` those seen earlier."""
    clusterer = Clusterer()
    known = Coverage.objects.all()
    if before is None:
        clock = Story.objects.aggregate(last=Max("last_seen_at"))["last"]
    else:
        known = known.filter(entry__seen_at__lt=before)
        clock = known.aggregate(last=Max("entry__seen_at"))["last"]
    if clock is not None:
        open_stories = Story.objects.filter(last_seen_at__gte=clock - WINDOW)
        rows = (
            known.filter(story__in=open_stories, role=Coverage.Role.REPORT)
            .select_related("entry__feed__publisher", "story", "text")
            .order_by("id")
        )
        clusterer.restore(_placed(rows.iterator(chunk_size=READ_ROWS)), clock=clock)
    return clusterer


def _placed(rows: Iterable[Coverage]) -> Iterator[tuple[Item, str]]:
    """The reports with the stories they are in, and with the vectors that were stored when they were placed."""
    rows = iter(rows)
    while some := list(islice(rows, READ_ROWS)):
        texts = [row.text or row.entry.fingerprint.text for row in some]
        vectors = read_vectors(text.pk for text in texts)
        for row, text in zip(some, texts, strict=True):
            yield item_of(row.entry, text, founds="", vector=vectors.get(text.pk, ())), row.story.public_id


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

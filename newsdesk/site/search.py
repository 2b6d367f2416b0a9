"""Search by words over stories' headlines and the titles of their entries; plain SQL, the same on every database."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from feeds.scrub import scrub
from newsdesk.site.stories import listed
from newsdesk.stories.models import Coverage, Story

MAX_QUERY_CHARACTERS = 200
MAX_WORDS = 8


def query_words(query: str) -> tuple[str, ...]:
    """The distinct words of a query, at most eight, from its first 200 characters; no controls, no lone marks."""
    words = scrub(query, MAX_QUERY_CHARACTERS).split()
    return tuple(dict.fromkeys(word for word in words if any(map(str.isalnum, word))))[:MAX_WORDS]


def find_stories(words: tuple[str, ...]) -> QuerySet[Story]:
    """The stories in which every word stands, in the headline or in one entry's title, newest first."""
    found = listed(Story.objects.all())
    if not words:
        return found.none()
    for word in words:
        titled = Coverage.objects.filter(_contains("entry__title", word), story=OuterRef("pk"))
        found = found.filter(_contains("headline", word) | Exists(titled))
    return found.order_by("-last_seen_at", "-id")


def _contains(field: str, word: str) -> Q:
    """SQLite folds the case of ASCII letters only, so other words are also looked for in their usual cases."""
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    condition = Q()
    for form in sorted(forms):
        condition |= Q(**{f"{field}__icontains": form})
    return condition

"""Entries, to read: an entry is what the publisher said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.forms import Media
from django.http import HttpRequest

from feeds.admin.filters import FeedFilter
from feeds.catalogue.state import stamp
from feeds.models import Entry
from feeds.urls import canonical_url, http_url

if TYPE_CHECKING:  # generic for the type checker only
    _Page = admin.ModelAdmin[Entry]
else:
    _Page = admin.ModelAdmin

# Titles are searched word by word through so many of the newest entries, or of the newest of the feed that is chosen.
SEARCHED_ENTRIES = 20_000


@admin.register(Entry)
class EntryAdmin(_Page):
    list_display = ("title", "feed", "seen", "published", "is_news")
    list_filter = (FeedFilter, "seen_at")
    list_select_related = ("feed",)
    list_per_page = 50
    ordering = ("-seen_at", "-id")
    search_fields = ("title",)
    search_help_text = f"Words of a title (the newest {SEARCHED_ENTRIES:,} are searched), or a page’s whole address."

    @property
    def media(self) -> Media:
        """With what the feed filter needs."""
        own = Media(css={"all": ["feeds/feeds.css"]})
        return super().media + AutocompleteSelect(Entry._meta.get_field("feed"), self.admin_site).media + own

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Without the texts, of which a list of entries would read megabytes."""
        return super().get_queryset(request).defer("summary", "body")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Entry],
        search_term: str,
    ) -> tuple[QuerySet[Entry], bool]:
        """By a page's address, for which there is an index, or by words through the newest entries."""
        if address := http_url(search_term):
            return queryset.filter(canonical_url=canonical_url(address)), False
        words = search_term.split()
        if not words:
            return queryset, False
        newest = queryset.order_by("-seen_at", "-id").values("pk")[:SEARCHED_ENTRIES]
        holds = Q(*(Q(title__icontains=word) for word in words))
        return queryset.filter(holds, pk__in=newest), False

    @admin.display(description="seen", ordering="seen_at")
    def seen(self, entry: Entry) -> str:
        return stamp(entry.seen_at)

    @admin.display(description="published")
    def published(self, entry: Entry) -> str:
        return stamp(entry.published_at) if entry.published_at else "Undated"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

"""Publishers and the health of their feeds for editors; entries to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from feeds.models import Entry, Feed, Publisher

if TYPE_CHECKING:
    PublisherPage = admin.ModelAdmin[Publisher]
    FeedPage = admin.ModelAdmin[Feed]
    EntryPage = admin.ModelAdmin[Entry]
else:
    PublisherPage = FeedPage = EntryPage = admin.ModelAdmin


@admin.register(Publisher)
class PublisherAdmin(PublisherPage):
    list_display = ("name", "owner_group", "kind", "standing", "has_paywall", "language")
    list_filter = ("kind", "has_paywall")
    search_fields = ("name", "slug", "owner_group", "homepage")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("name",)
    show_full_result_count = False


@admin.register(Feed)
class FeedAdmin(FeedPage):
    """A feed is switched off, not deleted: its entries are what digests rest on."""

    list_display = ("url", "publisher", "is_active", "succeeded_at", "failure_count", "last_error", "next_poll_at")
    list_filter = ("is_active", "covers_only_ai", "last_error_code")
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    autocomplete_fields = ("publisher",)
    ordering = ("next_poll_at",)
    show_full_result_count = False
    readonly_fields = (
        "etag",
        "last_modified",
        "claimed_until",
        "polled_at",
        "succeeded_at",
        "failure_count",
        "last_error_code",
        "last_error",
        "moved_to",
        "moved_seen_at",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(EntryPage):
    """Read-only: an entry is what the publisher said."""

    list_display = ("title", "feed", "seen_at", "published_at", "is_news")
    list_select_related = ("feed",)
    search_fields = ("title", "guid", "url")
    ordering = ("-seen_at", "-id")
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

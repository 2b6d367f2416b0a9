"""Publishers, their feeds and what these said, in lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.forms import Media
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from feeds.admin.filters import FeedFilter, MarkFilter, StateFilter
from feeds.admin.views import FeedDesk, is_recorded
from feeds.catalogue.edit import keep_publisher
from feeds.catalogue.state import feed_state
from feeds.dates import short_utc
from feeds.models import Entry, Feed, Publisher
from feeds.urls import canonical_url, http_url

# Titles are searched word by word through so many of the newest entries, or of the newest of the feed that is chosen.
SEARCHED_ENTRIES = 20_000
# Feeds of one publisher that a page shows; the list of feeds shows them all.
MOST_FEEDS = 20


@admin.register(Publisher)
class PublisherAdmin(admin.ModelAdmin[Publisher]):
    """A publisher is never deleted: what it said is what digests rest on. Its feeds can be switched off."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("name", "owner_group", "kind", "standing", "has_paywall", "language", "feeds_in_short", "note")
    list_filter = ("kind", "has_paywall")
    list_per_page = 50
    search_fields = ("name", "slug", "owner_group", "homepage")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("name", "id")
    fields = (
        "name", "slug", "homepage", "owner_group", "kind", "standing", "has_paywall", "language", "note",
        "feeds_in_full",
    )  # fmt: skip
    readonly_fields = ("feeds_in_full",)

    class Media:
        css = {"all": ["feeds/feeds.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publisher]:
        shown = Feed.objects.order_by("id")[: MOST_FEEDS + 1]
        return super().get_queryset(request).prefetch_related(Prefetch("feeds", shown, to_attr="shown_feeds"))

    @admin.display(description="feeds")
    def feeds_in_short(self, publisher: Publisher) -> SafeString:
        """One mark a feed, with its sentence."""
        return _render("feeds_in_short", publisher)

    @admin.display(description="feeds")
    def feeds_in_full(self, publisher: Publisher) -> SafeString | str:
        """Each feed with its sentence and a link, and a link to add one."""
        return _render("feeds_in_full", publisher) if publisher.pk else "Save the publisher, then add its feeds."

    def get_form(self, request: HttpRequest, obj: Publisher | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, labels={"has_paywall": "Has a paywall"}, **kwargs)

    def save_model(self, request: HttpRequest, obj: Publisher, form: Any, change: bool) -> None:
        keep_publisher(obj, changed=form.changed_data, actor=request.user, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Publisher | None = None) -> bool:
        return False


@admin.register(Feed)
class FeedAdmin(FeedDesk):
    """A feed is switched off, not deleted: its entries are what digests rest on."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("address", "health", "last_success", "next_poll")
    list_filter = (StateFilter, MarkFilter)
    list_per_page = 50
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    autocomplete_fields = ("publisher",)
    ordering = ("next_poll_at", "id")
    actions = ("poll_now",)
    readonly_fields = ("health", "last_success", "last_poll", "next_poll", "language", "moved_to", "entries")

    class Media:
        css = {"all": ["feeds/feeds.css"]}

    def get_fieldsets(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        address = ["publisher", "url", "title", "covers_only_ai", "is_active"]
        if may_save and not is_recorded(obj):
            address += ["save_unanswered", "tried"]
        shown: list[Any] = [(None, {"fields": address})]
        return [*shown, ("Health", {"fields": self.readonly_fields})] if obj else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        return (*self.readonly_fields, "url", "is_active") if is_recorded(obj) else self.readonly_fields

    @admin.display(description="feed", ordering="url")
    def address(self, feed: Feed) -> SafeString:
        return format_html("{}<br><small>{}<br>{}</small>", feed.title or "Not read yet", feed.publisher.name, feed.url)

    @admin.display(description="health")
    def health(self, feed: Feed) -> SafeString:
        return render_to_string("admin/feeds/feed/health.html", {"health": feed_state(feed)})

    @admin.display(description="last success", ordering="succeeded_at")
    def last_success(self, feed: Feed) -> str:
        return short_utc(feed.succeeded_at) if feed.succeeded_at else "None yet"

    @admin.display(description="last poll")
    def last_poll(self, feed: Feed) -> str:
        return short_utc(feed.polled_at) if feed.polled_at else "None yet"

    @admin.display(description="next poll", ordering="next_poll_at")
    def next_poll(self, feed: Feed) -> str:
        return short_utc(feed.next_poll_at) if feed.is_active and not is_recorded(feed) else "Never"

    @admin.display(description="entries")
    def entries(self, feed: Feed) -> SafeString:
        return format_html('<a href="{}?feed={}">Its entries</a>', reverse("admin:feeds_entry_changelist"), feed.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin[Entry]):
    """To read: an entry is what the publisher said."""

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
        return short_utc(entry.seen_at)

    @admin.display(description="published")
    def published(self, entry: Entry) -> str:
        return short_utc(entry.published_at) if entry.published_at else "Undated"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False


def _render(name: str, publisher: Publisher) -> SafeString:
    feeds = [(feed, feed_state(feed)) for feed in getattr(publisher, "shown_feeds", ())]
    context = {"publisher": publisher, "feeds": feeds[:MOST_FEEDS], "has_more": len(feeds) > MOST_FEEDS}
    return render_to_string(f"admin/feeds/publisher/{name}.html", context)

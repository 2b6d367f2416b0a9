"""Publishers, each with how its feeds are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from feeds.catalogue.edit import keep_publisher
from feeds.catalogue.state import standing_of
from feeds.models import Feed, Publisher

if TYPE_CHECKING:  # generic for the type checker only
    _Page = admin.ModelAdmin[Publisher]
else:
    _Page = admin.ModelAdmin


# Feeds of one publisher that a page shows; the list of feeds shows them all.
MOST_FEEDS = 20


@admin.register(Publisher)
class PublisherAdmin(_Page):
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


def _render(name: str, publisher: Publisher) -> SafeString:
    feeds = [(feed, standing_of(feed)) for feed in getattr(publisher, "shown_feeds", ())]
    context = {"publisher": publisher, "feeds": feeds[:MOST_FEEDS], "has_more": len(feeds) > MOST_FEEDS}
    return render_to_string(f"admin/feeds/publisher/{name}.html", context)

"""Stories for editors: found by words, theme and day, with what covers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsdesk.stories.models import Coverage, Story

if TYPE_CHECKING:  # generic for the type checker only
    _Inline = admin.TabularInline[Coverage, Story]
    _ModelAdmin = admin.ModelAdmin[Story]
else:
    _Inline, _ModelAdmin = admin.TabularInline, admin.ModelAdmin


class CoverageInline(_Inline):
    """The entries of a story, to read."""

    model = Coverage
    fields = ("entry", "role", "similarity", "publisher", "seen_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coverage]:
        rows = super().get_queryset(request)
        return rows.select_related("entry__feed__publisher").order_by("entry__seen_at", "entry_id")

    def has_add_permission(self, request: HttpRequest, obj: Story | None = None) -> bool:
        return False

    @admin.display
    def publisher(self, row: Coverage) -> str:
        return row.entry.feed.publisher.name

    @admin.display
    def seen_at(self, row: Coverage) -> str:
        return f"{row.entry.seen_at:%Y-%m-%d %H:%M} UTC"


@admin.register(Story)
class StoryAdmin(_ModelAdmin):
    """The list of stories, newest first. To read: what an editor changed, the next classification would undo."""

    list_display = ("headline", "theme", "is_relevant", "first_seen_at", "last_seen_at", "thread")
    list_filter = ("theme", "last_seen_at")
    list_select_related = ("thread",)
    search_fields = ("headline", "public_id")
    ordering = ("-last_seen_at", "-id")
    show_full_result_count = False
    inlines = (CoverageInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Story | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Story | None = None) -> bool:
        return False

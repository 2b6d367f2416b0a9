"""Digests, summaries and corrections for editors; what was composed is here to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from newsdesk.digests.models import Correction, Digest, DigestItem, Edition, Summary

if TYPE_CHECKING:  # generic for the type checker only
    _Inline = admin.TabularInline[DigestItem, Digest]
    _DigestAdmin = admin.ModelAdmin[Digest]
    _SummaryAdmin = admin.ModelAdmin[Summary]
    _CorrectionAdmin = admin.ModelAdmin[Correction]
else:
    _Inline = admin.TabularInline
    _DigestAdmin = _SummaryAdmin = _CorrectionAdmin = admin.ModelAdmin


class ItemInline(_Inline):
    """A digest's items, to read."""

    model = DigestItem
    fields = ("position", "section", "headline", "theme", "why_ranked")
    readonly_fields = fields
    ordering = ("position",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Digest)
class DigestAdmin(_DigestAdmin):
    """Digests, newest first: an unpublished one changes by building it again, a published one by a correction."""

    list_display = ("date", "edition", "number", "state", "title", "published_at")
    list_filter = ("edition", "state")
    list_select_related = ("edition",)
    ordering = ("-date", "edition")
    date_hierarchy = "date"
    inlines = (ItemInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Summary)
class SummaryAdmin(_SummaryAdmin):
    """What was written about stories, newest first, to read."""

    list_display = ("headline", "model", "prompt_version", "story_version", "cut_off", "created_at")
    list_filter = ("model", "prompt_version")
    ordering = ("-created_at", "-id")
    search_fields = ("headline",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Correction)
class CorrectionAdmin(_CorrectionAdmin):
    """Corrections, newest first."""

    list_display = ("made_at", "digest", "position", "text")
    list_select_related = ("digest",)
    ordering = ("-made_at",)


admin.site.register(Edition)

"""Digests for editors, each with its desk page; summaries and corrections to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from feeds.numbers import read_number
from newsdesk.access.read_only import ReadOnlyPage
from newsdesk.digests.admin import views, writing
from newsdesk.digests.models import Correction, Digest, Edition, Summary


@admin.register(Digest)
class DigestAdmin(admin.ModelAdmin[Digest]):
    """Digests, newest first; a digest's own page is the desk's, and every act there a use-case."""

    list_display = ("date", "edition", "number", "state", "title", "published_at")
    list_display_links = ("date", "title")
    list_filter = ("state", "edition", "date")
    list_select_related = ("edition",)
    list_per_page = 50
    ordering = ("-date", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        return super().get_queryset(request).defer("coverage", "pattern", "watch", "manifest", "dek")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The desk page, which only reads: what changes a digest has an address of its own."""
        return views.desk(request, read_number(object_id) or 0)

    def get_urls(self) -> list[URLPattern]:
        """The desk's addresses before the admin's own."""
        acts: dict[str, tuple[str, views.View]] = {
            "title": ("title/", views.title),
            "approve": ("approve/", views.approve_view),
            "withdraw": ("withdraw/", views.withdraw_view),
            "publish": ("publish/", views.publish_view),
            "build": ("build/", views.build),
            "correct": ("correct/", views.record_correction),
            "accept": ("sequels/<int:sequel_id>/accept/", views.accept),
            "dismiss": ("sequels/<int:sequel_id>/dismiss/", views.dismiss),
            "undo": ("undo/<int:change_id>/", views.undo_view),
            "add": ("add/", writing.add),
            "rewrite": ("items/<str:story>/rewrite/", writing.rewrite),
            "drop": ("items/<str:story>/drop/", views.drop),
            "restore": ("items/<str:story>/restore/", views.restore),
            "move": ("items/<str:story>/move/", views.move),
        }
        desk = [
            path(f"<int:digest_id>/{route}", self.admin_site.admin_view(view), name=f"digests_digest_{name}")
            for name, (route, view) in acts.items()
        ]
        return [*desk, *super().get_urls()]


@admin.register(Summary)
class SummaryAdmin(ReadOnlyPage):
    """What was written about stories, newest first, to read."""

    list_display = ("headline", "model", "prompt_version", "story_version", "cut_off", "created_at")
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Summary]:
        return super().get_queryset(request).select_related("story")


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyPage):
    """Corrections, newest first, to read: they are recorded on their digest's page, and never taken back."""

    list_display = ("made_at", "digest", "position", "text")
    list_select_related = ("digest",)
    ordering = ("-id",)
    sortable_by = ()


admin.site.register(Edition)

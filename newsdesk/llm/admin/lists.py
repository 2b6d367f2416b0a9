"""The ledger in the admin, for reading: what was asked, what it cost, what went wrong, and why calls pause."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsdesk.access.read_only import ReadOnlyPage
from newsdesk.llm.models import Completion, DailySpend, Pause


@admin.register(Completion)
class CompletionAdmin(ReadOnlyPage):
    list_display = (
        "created_at",
        "purpose",
        "model",
        "status",
        "input_tokens",
        "output_tokens",
        "cost",
        "error",
    )
    list_filter = ("status", "created_at")
    ordering = ("-id",)
    search_fields = ("=input_sha256",)
    search_help_text = "The SHA-256 of a question, whole."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Completion]:
        """Without the answers, which a list does not show."""
        return super().get_queryset(request).defer("output")

    @admin.display(description="cost in USD", ordering="cost_microusd")
    def cost(self, completion: Completion) -> str:
        return f"{completion.cost_microusd / 1e6:.4f}"


@admin.register(DailySpend)
class DailySpendAdmin(ReadOnlyPage):
    list_display = ("__str__",)
    ordering = ("-date",)


@admin.register(Pause)
class PauseAdmin(ReadOnlyPage):
    actions = ()  # Django's own: deleting
    list_display = ("__str__",)
    ordering = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """An editor who has mended the cause may end a pause."""
        return bool(request.user.is_superuser)

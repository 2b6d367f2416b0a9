"""The ledger in the admin, for reading: what was asked, what it cost, what went wrong, and why calls pause."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from newsdesk.llm.models import Completion, DailySpend, Pause


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "purpose",
        "model",
        "status",
        "input_tokens",
        "output_tokens",
        "cost_microusd",
        "error",
    )
    list_filter = ("status",)
    ordering = ("-id",)


@admin.register(DailySpend)
class DailySpendAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)
    ordering = ("-date",)


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """An editor who has mended the cause may end a pause."""
        return bool(request.user.is_superuser)

"""The ledger in the admin, for reading: what was asked, what it cost, what went wrong, and why calls pause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from newsdesk.llm.models import Completion, DailySpend, Pause

# Rows that can be reached by leafing; the rest are found by search and filters.
MOST_ROWS = 5000

if TYPE_CHECKING:  # generic for the type checker only
    _Page = admin.ModelAdmin[Any]
    _Paginator = Paginator[Any]
else:
    _Page, _Paginator = admin.ModelAdmin, Paginator


class BoundedPaginator(_Paginator):
    """Django's, whose count stops at 5,000 rows, for nobody leafs further and counting reads every row."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_ROWS].count())


class ReadOnlyAdmin(_Page):
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count every row

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
class DailySpendAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)
    ordering = ("-date",)


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    list_display = ("__str__",)
    ordering = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """An editor who has mended the cause may end a pause."""
        return bool(request.user.is_superuser)

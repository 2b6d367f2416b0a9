"""Filters of lists that stay quick however long the lists are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest

from feeds.models import EMPTY, GONE, MALFORMED, REFUSED, Entry, Feed
from feeds.numbers import read_number

STATES = {"failing": "Failing", "waiting": "Waiting for a first answer", "ok": "Answering", "off": "Off"}
MARKS = {
    REFUSED: "Blocked: the server keeps programs out",
    EMPTY: "Empty",
    MALFORMED: "Malformed",
    "not_a_feed": "Not a feed any more",
    "cut_off": "Takes too long to read",
    GONE: "Gone",
}


class StateFilter(admin.SimpleListFilter):
    """By how a feed is doing."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "failing":
                return queryset.failing()
            case "waiting":
                return queryset.waiting()
            case "ok":
                return queryset.answering()
            case "off":
                return queryset.off()
        return queryset


class MarkFilter(admin.SimpleListFilter):
    """By what was wrong last; from a fixed list, for asking the table which errors it holds would read all of it."""

    title = "last trouble"
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(MARKS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        return queryset.filter(last_error_code=self.value()) if self.value() else queryset


class FeedFilter(admin.ListFilter):
    """By feed, which is found by typing: a list of all of them would be as long as they are many."""

    title = "feed"
    parameter_name = "feed"
    template = "admin/feeds/entry/feed_filter.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Entry], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        given = params.pop(self.parameter_name, [""])
        self.value = given[-1]
        self.used_parameters = {self.parameter_name: self.value} if self.value else {}
        self.model_admin = model_admin

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if not self.value:
            return queryset
        number = read_number(self.value)
        return queryset.none() if number is None else queryset.filter(feed=number)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """One choice: the field to type in, and what else the address holds."""
        widget = AutocompleteSelect(
            Entry._meta.get_field("feed"), self.model_admin.admin_site, attrs={"id": "feed-filter"}
        )
        field = forms.ModelChoiceField(Feed.objects.all(), widget=widget, required=False)
        others = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        chosen = "" if read_number(self.value) is None else self.value
        yield {
            "field": field.widget.render(self.parameter_name, chosen),
            "others": others,
            "all": changelist.get_query_string(remove=[self.parameter_name]),
            "is_chosen": bool(self.value),
        }

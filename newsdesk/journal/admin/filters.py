"""What the journal is narrowed by."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsdesk.journal.models import THE_LINE, Change
from newsdesk.journal.words import VERBS


class VerbFilter(admin.SimpleListFilter):
    """By what was done; from a fixed list, for asking the table which verbs it holds would read all of it."""

    title = "what was done"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Change]) -> list[tuple[str, str]]:
        return list(VERBS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    """What people did, without what the line did by itself."""

    title = "person"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Change]) -> list[tuple[str, str]]:
        return [("me", "By me"), ("people", "By people")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        match self.value():
            case "me":
                return queryset.filter(actor_id=request.user.pk)
            case "people":
                return queryset.exclude(actor_name=THE_LINE)
        return queryset

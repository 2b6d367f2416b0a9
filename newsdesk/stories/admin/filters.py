"""What the list of stories is narrowed by; every choice is a range of an index."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsdesk.stories.find import find_story
from newsdesk.stories.models import Story

Choices = list[tuple[str, str]]
# The days offered by name; older ones are found by leafing or by words.
DAYS = 8


class MarkFilter(admin.SimpleListFilter):
    """By what editors did or should do; without a choice the standing stories, and whatever was asked for by name."""

    title = "mark"
    parameter_name = "mark"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Story]) -> Choices:
        return [
            ("pinned", "Pinned"),
            ("hidden", "Hidden"),
            ("merged", "Merged into another"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        standing = queryset.filter(merged_into=None)
        match self.value():
            case "pinned":
                return standing.filter(is_pinned=True)
            case "hidden":
                return standing.filter(is_hidden=True)
            case "merged":
                return queryset.exclude(merged_into=None)
        return queryset if find_story(request.GET.get("q", "")) else standing


class UnsureFilter(admin.SimpleListFilter):
    """By what the line is unsure of and nobody has decided."""

    title = "unsure"
    parameter_name = "unsure"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Story]) -> Choices:
        return [("theme", "Theme"), ("relevance", "Relevance")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        match self.value():
            case "theme":
                return queryset & Story.objects.theme_unsure()
            case "relevance":
                return queryset & Story.objects.relevance_unsure()
        return queryset


class RelevanceFilter(admin.SimpleListFilter):
    """By whether it is AI-industry news."""

    title = "relevance"
    parameter_name = "relevant"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Story]) -> Choices:
        return [("yes", "AI news"), ("no", "Not AI news"), ("open", "Not judged yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        wanted = {"yes": True, "no": False, "open": None}
        value = self.value()
        return queryset.filter(is_relevant=wanted[value]) if value in wanted else queryset


class DayFilter(admin.SimpleListFilter):
    """By the local day of a story's latest report."""

    title = "latest report"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Story]) -> Choices:
        today = timezone.now().astimezone(settings.DIGEST_TIME_ZONE).date()
        days = [today - timedelta(days=n) for n in range(DAYS)]
        names = ["Today", "Yesterday", *(f"{day:%A, %-d %B}" for day in days[2:])]
        return [(day.isoformat(), name) for day, name in zip(days, names, strict=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        try:
            day = datetime.combine(datetime.fromisoformat(self.value() or ""), time(), settings.DIGEST_TIME_ZONE)
            return queryset.filter(last_seen_at__gte=day, last_seen_at__lt=day + timedelta(days=1))
        except (ValueError, OverflowError):
            return queryset

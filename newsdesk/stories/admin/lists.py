"""The list of stories, where ticked ones are merged, pinned or hidden with one press of a button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from newsdesk.journal.hand import ActRefused, hand_of
from newsdesk.journal.models import Change
from newsdesk.stories.actions.merge import MAX_MERGED_STORIES, merge_stories
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.admin.filters import DayFilter, MarkFilter, RelevanceFilter, UnsureFilter
from newsdesk.stories.admin.views import StoryDesk, last_change, numbers
from newsdesk.stories.find import find_story
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.themes import theme_label


class StoryList(ChangeList):
    """A page of stories, each with the number of its `articles`: one query for them all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        of_page = Coverage.objects.filter(story__in=[story.pk for story in self.result_list])
        numbers = dict(of_page.order_by().values_list("story").annotate(Count("pk")))
        for story in self.result_list:
            story.articles = numbers.get(story.pk, 0)


@admin.register(Story)
class StoryAdmin(StoryDesk):
    """Stories, those with the newest reports first; ticked ones are merged, pinned or hidden at once."""

    list_display = ("told", "theme_told", "relevance_told", "articles", "first_seen", "last_seen")
    list_display_links = None
    list_filter = (MarkFilter, UnsureFilter, DayFilter, RelevanceFilter, "theme")
    list_per_page = 50
    list_max_show_all = 0
    search_fields = ("headline",)
    search_help_text = "Words of a headline, or a story’s id or address."
    sortable_by = ("first_seen", "last_seen")
    ordering = ("-last_seen_at", "-id")
    actions = ("merge", "pin", "unpin", "hide", "unhide")
    actions_on_bottom = True

    class Media:
        css = {"all": ["stories/stories.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Stories", **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StoryList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Story], search_term: str
    ) -> tuple[QuerySet[Story], bool]:
        if story := find_story(search_term):
            return queryset.filter(pk=story.pk), False
        return queryset.filter(*(Q(headline__icontains=word) for word in search_term.split()[:8])), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that make sense for what is listed: what is hidden can be shown, what is merged stays."""
        mark = request.GET.get("mark")
        left_out = {"pinned": {"pin"}, "hidden": {"hide"}}.get(mark or "", set())
        left_out |= {"unpin"} if mark != "pinned" else set()
        left_out |= {"unhide"} if mark != "hidden" else set()
        found = {} if mark == "merged" else super().get_actions(request)
        return {name: action for name, action in found.items() if name not in {*left_out, "delete_selected"}}

    @admin.display(description="Story", ordering="headline")
    def told(self, story: Story) -> SafeString:
        return render_to_string("admin/stories/story/line.html", {"story": story})

    @admin.display(description="Theme")
    def theme_told(self, story: Story) -> str:
        return f"{theme_label(story.theme)}{' (unsure)' if story.is_theme_unsure else ''}"

    @admin.display(description="Relevance")
    def relevance_told(self, story: Story) -> str:
        if story.relevance is None:
            return ""
        marks = ["left out"] * (not story.is_relevant) + ["unsure"] * story.is_relevance_unsure
        return f"{story.relevance:.0%}" + (f" ({', '.join(marks)})" if marks else "")

    @admin.display(description="Articles")
    def articles(self, story: Story) -> int:
        return getattr(story, "articles", 0)

    @admin.display(description="First seen (UTC)", ordering="first_seen_at")
    def first_seen(self, story: Story) -> str:
        return _short(story.first_seen_at)

    @admin.display(description="Last seen (UTC)", ordering="last_seen_at")
    def last_seen(self, story: Story) -> str:
        return _short(story.last_seen_at)

    @admin.action(description="Merge", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Story]) -> HttpResponse:
        def act() -> list[Change]:
            return last_change(merge_stories(_ticked(request), hand=hand_of(request)))

        return self._done_on_list(request, act)

    @admin.action(description="Pin", permissions=["change"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Story]) -> HttpResponse:
        return self._revise_all(request, is_pinned=True)

    @admin.action(description="Unpin", permissions=["change"])
    def unpin(self, request: HttpRequest, queryset: QuerySet[Story]) -> HttpResponse:
        return self._revise_all(request, is_pinned=False)

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Story]) -> HttpResponse:
        return self._revise_all(request, is_hidden=True)

    @admin.action(description="Show again", permissions=["change"])
    def unhide(self, request: HttpRequest, queryset: QuerySet[Story]) -> HttpResponse:
        return self._revise_all(request, is_hidden=False)

    def _revise_all(self, request: HttpRequest, **marks: bool) -> HttpResponse:
        def act() -> list[Change]:
            hand = hand_of(request)
            with transaction.atomic():
                return [
                    change
                    for story in _ticked(request)
                    for change in revise_story(
                        story,
                        hand=hand,
                        is_pinned=marks.get("is_pinned"),
                        is_hidden=marks.get("is_hidden"),
                    )
                ]

        return self._done_on_list(request, act)

    def _done_on_list(self, request: HttpRequest, act: Callable[[], Sequence[Change]]) -> HttpResponse:
        try:
            self.tell(request, act(), with_headline=True)
        except ActRefused as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Story | None = None) -> bool:
        return False


def _ticked(request: HttpRequest) -> list[Story]:
    """The stories ticked on the list, also those that the list would not show any more."""
    ticked = numbers(request, ACTION_CHECKBOX_NAME)
    if len(ticked) > MAX_MERGED_STORIES:
        raise ActRefused(f"No more than {MAX_MERGED_STORIES} stories at once.")
    return list(Story.objects.filter(pk__in=ticked).order_by("pk"))


def _short(moment: datetime) -> str:
    """`22 Nov, 05:54`, or `22 Nov 2025` of another year: the column is narrow."""
    return f"{moment:%-d %b, %H:%M}" if moment.year == timezone.now().year else f"{moment:%-d %b %Y}"

"""The page of one story: every button on it posts to it, and each thing done can be undone where it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from feeds.numbers import read_number
from newsdesk.journal.hand import ActRefused, hand_of
from newsdesk.journal.models import Change
from newsdesk.stories.actions.move import move_entries
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.admin.forms import StoryForm
from newsdesk.stories.admin.page import story_context
from newsdesk.stories.changes_in_words import tell_deed
from newsdesk.stories.find import find_story
from newsdesk.stories.models import Story
from newsdesk.stories.snapshot import subject_of

CHANGELIST = "admin:stories_story_changelist"
PAGE = "admin:stories_story_change"


class StoryDesk(admin.ModelAdmin[Story]):
    """What an editor can do to one story, and the way back from it."""

    def get_urls(self) -> list[Any]:
        undo: URLPattern = path(
            "undo/<int:change_id>/", self.admin_site.admin_view(self.undo_view), name="stories_story_undo"
        )
        return [undo, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A story's page; every button on it posts to its own address."""
        story = self.get_object(request, object_id) if object_id else None
        if object_id is None or not self.has_view_or_change_permission(request, story):
            raise PermissionDenied
        if story is None:
            raise Http404("There is no such story.")
        may_change = self.has_change_permission(request, story)
        form, ticked, target, refusal = StoryForm.of(story), [], "", ""
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            typed = StoryForm(request.POST)
            try:
                return self._act(request, story, typed)
            except ActRefused as error:
                refusal = str(error)
            story = Story.objects.get(pk=story.pk)
            form = typed.again(story) if "_save" in request.POST else StoryForm.of(story)
            ticked, target = numbers(request, "entry"), request.POST.get("target", "")
        context = {
            **self.admin_site.each_context(request),
            **story_context(request, story, ticked=ticked),
            "title": story.headline,
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "target": target,
            "refusal": refusal,
            "may_change": may_change and story.merged_into_id is None,
            "may_undo": may_change,
        }
        return render(request, "admin/stories/story/change_form.html", context, status=409 if refusal else 200)

    def _act(self, request: HttpRequest, story: Story, form: StoryForm) -> HttpResponse:
        """Carry out what the pressed button says, and lead to the page that shows it."""
        post = request.POST
        hand = hand_of(request, edits=read_number(post.get("edits", "")))
        if "_split" in post:
            split_story(story, numbers(request, "entry"), hand=hand)
            changes = last_change(story)
        elif "_move" in post:
            target = find_story(post.get("target", ""))
            if target is None:
                raise ActRefused("Say where to: the id or the address of a story.")
            entries = numbers(request, "entry")
            move_entries(entries, target, source=story, hand=hand)
            changes = last_change(story)
        elif "_leave_headline" in post:
            changes = revise_story(story, hand=hand, headline="")
        elif "_leave_theme" in post:
            changes = revise_story(story, hand=hand, theme="")
        elif not form.is_valid():
            raise ActRefused("; ".join(str(text) for errors in form.errors.values() for text in errors))
        else:
            changes = revise_story(story, hand=hand, **form.typed())
        self.tell(request, changes)
        return redirect(PAGE, story.pk)

    def undo_view(self, request: HttpRequest, change_id: int) -> HttpResponse:
        """Take a change back, and lead to where the button was pressed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        change = get_object_or_404(Change, pk=change_id, verb__startswith="story.")
        try:
            self.tell(request, [undo_change(change, hand=hand_of(request))], with_headline=True)
        except ActRefused as error:
            messages.error(request, str(error))
        back = request.POST.get("back", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(reverse(CHANGELIST))
        return redirect(back if is_ours else reverse(CHANGELIST))

    def tell(self, request: HttpRequest, changes: Sequence[Change], *, with_headline: bool = False) -> None:
        """A message for each change, with the button that undoes it."""
        names = [change.subject.partition(" ")[2] for change in changes]
        rows = {story.public_id: story for story in Story.objects.filter(public_id__in=names)} if with_headline else {}
        for name, change in zip(names, changes, strict=True):
            words = tell_deed(change)
            text: str = f"{words[:1].upper()}{words[1:]}."
            if story := rows.get(name):
                text = format_html("<a href='{}'>{}</a>: {}.", reverse(PAGE, args=[story.pk]), story.headline, words)
            messages.success(request, text, extra_tags=f"undo-{change.pk}")
        if not changes:
            messages.info(request, "Nothing has changed: it was so already.")


def last_change(story: Story) -> list[Change]:
    """The story's newest change."""
    return list(Change.objects.filter(subject=subject_of(story)).order_by("-id")[:1])


def numbers(request: HttpRequest, name: str) -> list[int]:
    """The row numbers posted under a name; what is none is left out."""
    return [number for text in request.POST.getlist(name) if (number := read_number(text)) is not None]

"""Feeds with their health, tried before they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from feeds.admin.filters import MarkFilter, StateFilter
from feeds.admin.form import FeedForm, recall, sign
from feeds.catalogue.edit import keep_feed, poll_soon
from feeds.catalogue.state import stamp, standing_of
from feeds.catalogue.trial import Trial, try_feed
from feeds.models import RECORDING_SCHEME, Feed
from feeds.urls import http_url

if TYPE_CHECKING:  # generic for the type checker only
    _Page = admin.ModelAdmin[Feed]
else:
    _Page = admin.ModelAdmin

LABELS = {"url": "Address", "covers_only_ai": "Is about AI alone", "is_active": "Is polled"}
POLLED_SOON = "It is polled within a minute or so, when the line looks again."


@admin.register(Feed)
class FeedAdmin(_Page):
    """A feed is switched off, not deleted: its entries are what digests rest on."""

    form = FeedForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("address", "health", "last_success", "next_poll")
    list_filter = (StateFilter, MarkFilter)
    list_per_page = 50
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    autocomplete_fields = ("publisher",)
    ordering = ("next_poll_at", "id")
    actions = ("poll_now",)
    readonly_fields = ("health", "last_success", "last_poll", "next_poll", "language", "moved_to", "entries")

    class Media:
        css = {"all": ["feeds/feeds.css"]}

    # What the pages show.

    def get_fieldsets(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        address = ["publisher", "url", "title", "covers_only_ai", "is_active"]
        if may_save and not _is_recorded(obj):
            address += ["save_unanswered", "tried"]
        shown: list[Any] = [(None, {"fields": address})]
        return [*shown, ("Health", {"fields": self.readonly_fields})] if obj else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        return (*self.readonly_fields, "url", "is_active") if _is_recorded(obj) else self.readonly_fields

    @admin.display(description="feed", ordering="url")
    def address(self, feed: Feed) -> SafeString:
        return format_html("{}<br><small>{}<br>{}</small>", feed.title or "Not read yet", feed.publisher.name, feed.url)

    @admin.display(description="health")
    def health(self, feed: Feed) -> SafeString:
        return render_to_string("admin/feeds/feed/health.html", {"standing": standing_of(feed)})

    @admin.display(description="last success", ordering="succeeded_at")
    def last_success(self, feed: Feed) -> str:
        return stamp(feed.succeeded_at) if feed.succeeded_at else "None yet"

    @admin.display(description="last poll")
    def last_poll(self, feed: Feed) -> str:
        return stamp(feed.polled_at) if feed.polled_at else "None yet"

    @admin.display(description="next poll", ordering="next_poll_at")
    def next_poll(self, feed: Feed) -> str:
        return stamp(feed.next_poll_at) if feed.is_active and not _is_recorded(feed) else "Never"

    @admin.display(description="entries")
    def entries(self, feed: Feed) -> SafeString:
        return format_html('<a href="{}?feed={}">Its entries</a>', reverse("admin:feeds_entry_changelist"), feed.pk)

    # Trying and saving.

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Try a new address here, before the transaction in which Django handles the form."""
        trial, is_trial_only = None, False
        feed = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method == "POST" and self._may_save(request, feed):
            is_trial_only = not {"_test", "_use"}.isdisjoint(request.POST)
            trial = self._try(request, feed, is_trial_only=is_trial_only)
        request.feed_trial = trial, is_trial_only  # type: ignore[attr-defined]
        context = {"trial": trial, "has_address": not _is_recorded(feed), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: Feed | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, labels=LABELS, **kwargs)
        form.trial, form.is_trial_only = getattr(request, "feed_trial", (None, False))
        return form

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        keep_feed(obj, changed=[*form.changed_data, "language"], actor=request.user, now=timezone.now())
        if form.trial and form.trial.is_feed:
            self.message_user(request, f"It was read as a feed before it was saved. {POLLED_SOON}")

    def _may_save(self, request: HttpRequest, feed: Feed | None) -> bool:
        return self.has_change_permission(request, feed) if feed else self.has_add_permission(request)

    def _try(self, request: HttpRequest, feed: Feed | None, *, is_trial_only: bool) -> Trial | None:
        """Try the address of the form if it is another one; puts what was found into the form."""
        data = request.POST.copy()
        url = _typed(data.get("_use") or data.get("url", ""))
        if not is_trial_only and (not url or (feed is not None and url == feed.url)):
            return None
        same = Feed.objects.filter(url=url)
        if (same.exclude(pk=feed.pk) if feed else same).exists():
            return Trial(url, reason="This feed is here already.")
        trial = (None if is_trial_only else recall(data.get("tried", ""), url)) or try_feed(url)
        data["url"], data["tried"] = trial.url, sign(trial) if trial.is_feed else ""
        data["title"] = data.get("title") or trial.title
        request.POST = data  # type: ignore[assignment]
        return trial

    # Polling at once.

    def get_urls(self) -> list[URLPattern]:
        poll = self.admin_site.admin_view(require_POST(self.poll_view))
        return [path("<int:feed_id>/poll/", poll, name="feeds_feed_poll"), *super().get_urls()]

    def poll_view(self, request: HttpRequest, feed_id: int) -> HttpResponse:
        """Make one feed due now; the line does the rest."""
        feed = self.get_object(request, str(feed_id))
        if feed is None:
            raise Http404("There is no such feed.")
        if not self.has_change_permission(request, feed):
            raise PermissionDenied
        if poll_soon([feed.pk], now=timezone.now()):
            self.message_user(request, POLLED_SOON)
        else:
            self.message_user(request, "It is switched off: switch it on to have it polled.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:feeds_feed_change", args=[feed.pk]))

    @admin.action(description="Poll the selected feeds now", permissions=["change"])
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        count = poll_soon(queryset.values_list("pk", flat=True), now=timezone.now())
        self.message_user(request, f"{count} feed{'' if count == 1 else 's'} made due. {POLLED_SOON}")

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False


def _typed(text: str) -> str:
    """The address that somebody typed, perhaps without its scheme; unchanged where it is none."""
    text = text.strip()
    return http_url(text if "://" in text or not text else f"https://{text}") or text


def _is_recorded(feed: Feed | None) -> bool:
    return feed is not None and feed.url.startswith(RECORDING_SCHEME)

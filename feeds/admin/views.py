"""The page of one feed: its address is tried before it is kept, and its feed polled at once when somebody asks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from feeds.admin.forms import FeedForm, recall, sign
from feeds.catalogue.edit import keep_feed, poll_soon
from feeds.catalogue.trial import Trial, try_feed
from feeds.models import RECORDING_SCHEME, Feed
from feeds.urls import http_url

LABELS = {"url": "Address", "covers_only_ai": "Is about AI alone", "is_active": "Is polled"}
POLLED_SOON = "It is polled within a minute or so, when the line looks again."


class FeedDesk(admin.ModelAdmin[Feed]):
    """What an editor can do to one feed."""

    form = FeedForm

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
        context = {"trial": trial, "has_address": not is_recorded(feed), **(extra_context or {})}
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


def _typed(text: str) -> str:
    """The address that somebody typed, perhaps without its scheme; unchanged where it is none."""
    text = text.strip()
    return http_url(text if "://" in text or not text else f"https://{text}") or text


def is_recorded(feed: Feed | None) -> bool:
    """Whether a feed stands for a collector's records: it is never polled, and has no address to try."""
    return feed is not None and feed.url.startswith(RECORDING_SCHEME)

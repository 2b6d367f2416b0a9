"""What the staff's pages of the newsletter have in common: all to read, with the state of sending on top."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from newsdesk.access.read_only import ReadOnlyPage
from newsdesk.newsletter.admin.views import LOOK, SEND, SUPPRESS
from newsdesk.newsletter.delivery.outbox import the_outbox
from newsdesk.newsletter.models import Outbox


def outbox_in_words(outbox: Outbox) -> str:
    """How sending stands, in one or two sentences."""
    if outbox.is_paused:
        since = f" since {outbox.changed_at:%d %B %Y, %H:%M} UTC" if outbox.changed_at else ""
        return f"All sending is paused{since}. {outbox.reason}"
    if outbox.retry_at and outbox.retry_at > timezone.now():
        times = "once" if outbox.failures == 1 else f"{outbox.failures} times in a row"
        return (
            f"The mail server or the logbook could not be used, {times}; it is tried again at "
            f"{outbox.retry_at:%H:%M} UTC. The last time: {outbox.reason}"
        )
    if settings.EMAIL_ESP:
        return f"Mails are sent through {settings.EMAIL_ESP}."
    if settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        return f"Mails are sent through the mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT}."
    if settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return "Mails are printed where the worker runs; nobody gets them."
    return "Mails are written as files, which you find under Mails; nobody gets them."


class StaffPage(ReadOnlyPage):
    """To read, with the state of sending on top."""

    ordering = ("-id",)

    class Media:
        css = {"all": ("newsletter/staff.css",)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**self._on_top(request), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {**self._on_top(request), **(extra_context or {})})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(f"newsletter.view_{self.opts.model_name}"))

    def _on_top(self, request: HttpRequest) -> dict[str, Any]:
        outbox = the_outbox()
        return {
            "outbox": outbox,
            "outbox_words": outbox_in_words(outbox),
            "is_held_up": outbox.is_paused or bool(outbox.retry_at and outbox.retry_at > timezone.now()),
            "may_send": request.user.has_perm(SEND),
            "may_look": request.user.has_perm(LOOK),
            "may_suppress": request.user.has_perm(SUPPRESS),
        }

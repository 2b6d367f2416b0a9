"""The desk: Django's admin with a second factor, notices of its state, and a journal of what happens to accounts."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ShowFacets
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone

from newsdesk.access.admin_site import SecondFactorSite
from newsdesk.desk.health import health_page
from newsdesk.desk.notices import read_notices
from newsdesk.desk.paginator import BoundedPaginator
from newsdesk.journal.hand import hand_of

LONG_LISTS = {
    "paginator": BoundedPaginator,
    "show_full_result_count": False,
    "show_facets": ShowFacets.NEVER,
}


class DeskSite(SecondFactorSite):
    site_header = site_title = "Newsdesk"
    index_title = "The desk"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Django's; whatever is listed may have any number of rows, so nothing counts them all."""
        super().register(model_or_iterable, admin_class, **(LONG_LISTS | options))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, and the page of the desk's health."""
        return [path("health/", self.admin_view(self.health), name="health"), *super().get_urls()]

    def health(self, request: HttpRequest) -> HttpResponse:
        """How every part is doing, and what went wrong lately."""
        return health_page(request, self)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Django's index below the state of the desk."""
        notices = read_notices(request.user, now=timezone.now())
        return super().index(request, {"notes": notices, **(extra_context or {})})

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Django's; a new password is noted."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            self.note(request, "account.password")
        return response

    def note(self, request: HttpRequest, verb: str) -> None:
        """Note in the journal what somebody did to their own account."""
        hand_of(request).note(verb, account_subject(request.user.get_username()))


def account_subject(username: str) -> str:
    """How the journal calls an account."""
    return f"account {username}"[:100]

"""The admin as far as access goes: a log-in with a second factor, and nobody past it who still owes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from newsdesk.access.forms import LoginForm
from newsdesk.access.known_device import remember_device
from newsdesk.access.second_factor import device_id, is_proven
from newsdesk.access.views import second_factor_page

View = Callable[..., HttpResponseBase]
# What somebody may open who still has to set up a second factor.
SET_UP_PAGES = ("second_factor", "logout")


class SecondFactorSite(AdminSite):
    """Django's admin site; a session counts only if it gave the code of the second factor that its account has."""

    login_form = LoginForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the request may see anything of the admin: staff, with the second factor that is due."""
        if not super().has_permission(request):
            return False
        if device_id(request.user) is not None:
            return is_proven(request.user, request.session)
        return not settings.SECOND_FACTOR_REQUIRED or _page_name(request) in SET_UP_PAGES

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's; a browser in which it succeeds is known from then on."""
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            remember_device(request, response, request.user)
        return response

    def must_set_up(self, request: HttpRequest) -> bool:
        """Whether somebody is in but has yet to set up the second factor that the settings require."""
        is_staff = super().has_permission(request)
        return is_staff and settings.SECOND_FACTOR_REQUIRED and device_id(request.user) is None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's guard; who must set up a second factor is sent there, not to the log-in."""
        guarded: View = super().admin_view(view, cacheable)

        def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.must_set_up(request) and _page_name(request) not in SET_UP_PAGES:
                return redirect("admin:second_factor")
            return guarded(request, *args, **kwargs)

        return update_wrapper(led, guarded)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, and the page for one's own second factor."""
        own = path("second-factor/", self.admin_view(self.second_factor), name="second_factor")
        return [own, *super().get_urls()]

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """One's own second factor."""
        return second_factor_page(request, self)

    def note(self, request: HttpRequest, verb: str) -> None:
        """Called in the transaction in which somebody changed their own account; for a site that keeps a journal."""


def _page_name(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.url_name) or ""

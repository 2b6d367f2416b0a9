"""Pages for staff that lie outside the admin: the same door, the second factor with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from newsdesk.access.admin_site import SecondFactorSite

View = Callable[..., HttpResponseBase]


def staff_page(view: View) -> View:
    """Let in whom the admin lets in: others are led to the log-in, to set up a second factor, or refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        site = admin.site
        assert isinstance(site, SecondFactorSite)
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        if site.must_set_up(request):
            return redirect("admin:second_factor")
        if not site.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request, *args, **kwargs)

    return guarded

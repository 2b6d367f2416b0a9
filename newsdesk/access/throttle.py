"""Log-in throttled by django-axes: by name and address together, by address, and by name from everywhere.

A browser from which the name was logged in to before has a count of its own instead, which strangers cannot reach.

Failures are counted in the database, so that all processes count alike without a shared cache.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from newsdesk.access.client import client_address
from newsdesk.access.known_device import known_device

# How long after the last failure the failures count.
COOL_OFF = timedelta(minutes=15)
# Somebody who has forgotten which password it was needs no more.
MAX_FOR_NAME_AND_ADDRESS = 5
# An office behind one address.
MAX_FOR_ADDRESS = 20
# The same of a browser from which that name was logged in to: of it alone, wherever it is.
MAX_FOR_DEVICE = 5
# Guesses spread over many addresses; high, because reaching it keeps out the owner on a new device as well.
MAX_FOR_NAME = 100
# What one customer of a network provider holds of IPv6: its addresses are as good as free.
IPV6_PREFIX_BITS = 64


class LoginThrottle(AxesDatabaseHandler):  # type: ignore[misc]
    """Axes' handler with three limits instead of one; AXES_FAILURE_LIMIT is 1: one of them is reached."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """How many of the limits are reached, 0 to 3: of a known device its own one, else the three."""
        by_name, by_address = _filters(request, credentials)
        since = get_cool_off_threshold(request)
        if device := known_device(request, get_client_username(request, credentials)):
            own = AccessAttempt.objects.filter(by_name, user_agent=device.mark, attempt_time__gte=since)
            return int(own.aggregate(all=Sum("failures_since_start", default=0))["all"] >= MAX_FOR_DEVICE)
        recent = AccessAttempt.objects.filter(by_name | by_address, attempt_time__gte=since)
        failures = recent.aggregate(
            both=Sum("failures_since_start", filter=by_name & by_address, default=0),
            address=Sum("failures_since_start", filter=by_address, default=0),
            name=Sum("failures_since_start", filter=by_name, default=0),
        )
        limits = {"both": MAX_FOR_NAME_AND_ADDRESS, "address": MAX_FOR_ADDRESS, "name": MAX_FOR_NAME}
        return sum(failures[by] >= limit for by, limit in limits.items())

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **options: Any
    ) -> None:
        """Count a failure, as the device's own where it is known; its name and address are counted as well."""
        if request is not None and (device := known_device(request, get_client_username(request, credentials))):
            request.axes_user_agent = device.mark  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **options)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """After a success forget the failures of this name at this address, of a known device its own alone."""
        by_name, by_address = _filters(request, credentials)
        own = by_address
        if device := known_device(request, get_client_username(request, credentials)):
            own = Q(user_agent=device.mark)
        return int(AccessAttempt.objects.filter(by_name & own).delete()[0])


def cool_off(_: HttpRequest | None = None) -> timedelta:
    """How long after the last failure the failures count, as axes asks for it."""
    return COOL_OFF


def throttled_address(request: HttpRequest) -> str:
    """The address that failures are counted by: the client's own, of IPv6 the first of its /64 network."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), IPV6_PREFIX_BITS), strict=False).network_address)
    return str(address)


def is_password_of_user(request: HttpRequest, password: str) -> bool:
    """Whether somebody who is logged in knows their password; wrong ones are counted as failed log-ins are."""
    if not isinstance(request.user, AbstractBaseUser):
        return False
    credentials = {"username": request.user.get_username()}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True  # type: ignore[attr-defined]  # axes' middleware answers instead
        return False
    if request.user.check_password(password):
        return True
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return False


def locked_page(request: HttpRequest, *_: Any) -> HttpResponse:
    """What somebody sees who has failed too often: how long it lasts, and who can end it."""
    context = {**admin.site.each_context(request), "title": "Log-in is paused", "minutes": COOL_OFF.seconds // 60}
    response = render(request, "admin/access/locked.html", context, status=429)
    response.headers["Retry-After"] = str(COOL_OFF.seconds)
    add_never_cache_headers(response)
    return response


def _filters(request: HttpRequest, credentials: dict[str, Any] | None) -> tuple[Q, Q]:
    by_name = Q(username=get_client_username(request, credentials))
    by_address = Q(ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
    return by_name, by_address

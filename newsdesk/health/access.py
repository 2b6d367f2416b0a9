"""Who may know more of the desk's health than whether it is well."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

# Added by whoever passes requests on: then the connection says nothing of who asks.
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def may_know(request: HttpRequest) -> bool:
    """Whether the request bears METRICS_TOKEN; where none is set, whether it comes from this machine itself.

    A proxy of this machine comes from here as well, whoever asked it: so never in production, nor behind one.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    if settings.PRODUCTION or settings.PROXY_COUNT or any(name in request.META for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False

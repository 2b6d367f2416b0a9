"""Where a request comes from, as far as that can be trusted."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What one household or firm usually holds, in bits.
NETWORK_BITS = {4: 24, 6: 48}
UNKNOWN = "0.0.0.0"  # noqa: S104  (nothing is bound to it)


def client_address(request: HttpRequest) -> str:
    """The client's IP address: the connection's, or behind PROXY_COUNT proxies the one that the first of them saw."""
    addresses = [request.META.get("REMOTE_ADDR", "")]
    if settings.PROXY_COUNT:
        addresses = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    told = addresses[-settings.PROXY_COUNT or -1] if len(addresses) >= settings.PROXY_COUNT else addresses[0]
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return UNKNOWN


def client_network(request: HttpRequest) -> str:
    """The network of the client's address: /24 of IPv4, /48 of IPv6."""
    address = ipaddress.ip_address(client_address(request))
    return str(ipaddress.ip_network((address, NETWORK_BITS[address.version]), strict=False))

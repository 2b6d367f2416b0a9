"""Which addresses we may connect to: reading a URL strictly, and telling public addresses from private ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
FIRST_UNPRIVILEGED_PORT = 1024
MAX_URL_CHARACTERS = 8000

# What `ipaddress.is_global` of Python 3.11 lets through though no publisher can live there.
NEVER_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is handed out as global unicast; that alone refuses ::/96, 64:ff9b::/96, fc00::/7, fe80::/9, ff00::/8.
GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
NEVER_PUBLIC_V6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_HOST = re.compile(r"(?!.{254})[a-z0-9_][a-z0-9_-]{0,62}(\.[a-z0-9_][a-z0-9_-]{0,62})*")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")


class RefusedUrl(ValueError):
    """A URL that is not fetched; `code` is bad_url or blocked_address."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Target:
    """A URL taken apart, all ASCII: `host` is a name or an IP address without brackets, `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host, and the port unless it is the scheme's own: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its normal form, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


def host_and_port(host: str, port: int) -> str:
    """The form in which exempt addresses are listed: `127.0.0.1:8001`, `[::1]:8001`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_public(address: str) -> bool:
    """Whether an IP address (no zone id) may belong to a publisher on the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return ip.is_global and ip in GLOBAL_UNICAST_V6 and not any(ip in network for network in NEVER_PUBLIC_V6)
        ip = ip.ipv4_mapped
    return ip.is_global and not any(ip in network for network in NEVER_PUBLIC_V4)


def read_url(url: str) -> Target:
    """Take an http or https URL apart, strictly: what browsers and resolvers read differently is refused.

    Raises: RefusedUrl.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise RefusedUrl("bad_url", f"The address is longer than {MAX_URL_CHARACTERS} characters.")
    url = url.strip().replace(" ", "%20")
    if _CONTROL_OR_SPACE.search(url):
        raise RefusedUrl("bad_url", "The address holds a control character or a backslash.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise RefusedUrl("bad_url", "The address is not a valid URL.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise RefusedUrl("bad_url", "Only http and https addresses are fetched.")
    if "@" in parts.netloc:
        raise RefusedUrl("bad_url", "The address holds a user name or password.")
    if port is None:
        port = DEFAULT_PORTS[parts.scheme]
    elif port < FIRST_UNPRIVILEGED_PORT and port not in DEFAULT_PORTS.values():
        raise RefusedUrl("blocked_address", f"Port {port} is not fetched from.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|^`{}")
    return Target(parts.scheme, _read_host(host, in_brackets="[" in parts.netloc), port, path)


def join_url(base: str, reference: str) -> str:
    """Resolve a Location header or link against the URL it was found at.

    Raises: RefusedUrl.
    """
    try:
        return urljoin(base, reference.strip())
    except ValueError as error:
        raise RefusedUrl("bad_url", "The address is not a valid URL.") from error


def _read_host(host: str, *, in_brackets: bool) -> str:
    """The host in ASCII: names by IDNA (UTS 46), IP addresses in their one canonical form."""
    refusal = RefusedUrl("bad_url", f"{host[:100]!r} is not a valid host name.")
    if in_brackets:
        if "%" in host:  # a zone id names a network card of ours
            raise refusal
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise refusal from None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except UnicodeError:
            raise refusal from None
    host = host.lower().removesuffix(".")
    last_label = host.rpartition(".")[2]
    if _NUMERIC_LABEL.fullmatch(last_label):
        # A resolver would read 127.1, 0x7f000001, 0177.0.0.1 or 2130706433 as an address; we take the plain form only.
        try:
            return str(IPv4Address(host))
        except ValueError as error:
            raise RefusedUrl("blocked_address", f"{host} is not a plain host name or address.") from error
    if not _HOST.fullmatch(host):
        raise refusal
    return host

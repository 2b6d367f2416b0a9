"""The guard before every connection to a publisher: to public addresses only, and within one deadline.

Every address a name resolves to is checked, and the checked address is the one connected to: a name that resolves
differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from feeds.web.address import host_and_port, is_public
from feeds.web.deadline import Deadline
from feeds.web.resolve import Resolver, resolve_in_time
from feeds.web.response import FetchFailed


@dataclass(frozen=True)
class Guard:
    """What one fetch may connect to, and until when; `allowed` are "host:port" strings exempt from the guard."""

    deadline: Deadline
    allowed: frozenset[str]
    resolve: Resolver

    def addresses_of(self, host: str, port: int) -> list[str]:
        """The checked addresses of a name, at least one. Raises: FetchFailed (dns, blocked_address, timeout)."""
        try:
            addresses = resolve_in_time(host, port, self.resolve, self.deadline.remaining_s())
        except TimeoutError:
            self.deadline.fail()
        except (OSError, UnicodeError) as error:
            raise FetchFailed("dns", f"{host} was not found.") from error
        if not addresses:
            raise FetchFailed("dns", f"{host} has no address.")
        if host_and_port(host, port) not in self.allowed:
            for address in addresses:
                if not is_public(address) and host_and_port(address, port) not in self.allowed:
                    raise FetchFailed("blocked_address", f"{host} leads to {address}, which is not a public address.")
        return addresses

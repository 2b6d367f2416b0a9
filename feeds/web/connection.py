"""Connections to publishers: to checked addresses only, and within one deadline.

Every address a name resolves to is checked, and the checked address is the one connected to: a name that resolves
differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

import httpcore2

from feeds.web.address import host_and_port, is_public

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Redirect:
    """One hop: the status that was answered and the URL it pointed to."""

    status: int
    url: str


class FetchFailed(Exception):
    """A fetch that gave nothing usable.

    `code` is one of bad_url, blocked_address, dns, connect, timeout, tls, too_large, too_many_redirects,
    bad_redirect, bad_response, http_status; `message` is for an editor; `retry_after` is the raw header or empty.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: str = "",
        redirects: tuple[Redirect, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.redirects = redirects


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine's resolver orders them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Deadline:
    """A point in time shared by everything one fetch does."""

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self._ends_at = time.monotonic() + total_s

    def remaining_s(self) -> float:
        """Seconds left, above 0. Raises: FetchFailed (timeout)."""
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            self.fail()
        return remaining

    def fail(self) -> NoReturn:
        """Raises: FetchFailed (timeout)."""
        raise FetchFailed("timeout", f"The server took longer than {self.total_s:g} seconds.")


class _DeadlineStream(httpcore2.NetworkStream):
    """A stream each of whose operations gets what is left of the deadline, never a timeout of its own."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining_s())
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects only to checked addresses: resolve once, check every address, connect to one of those."""

    def __init__(self, deadline: Deadline, allowed_addresses: frozenset[str], resolve: Resolver) -> None:
        self.deadline = deadline
        self._allowed = allowed_addresses
        self._resolve = resolve
        self._connect = httpcore2.SyncBackend().connect_tcp

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._checked_addresses(host, port)
        for left in range(len(addresses), 0, -1):
            # A dead first address must not use up the time of the others.
            share_s = self.deadline.remaining_s() / left
            try:
                return _DeadlineStream(self._connect(addresses[-left], port, timeout=share_s), self.deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if left == 1:
                    raise
        raise FetchFailed("dns", f"{host} has no address.")

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = self._resolve_in_time(host, port)
        if host_and_port(host, port) not in self._allowed:
            for address in addresses:
                if not is_public(address) and host_and_port(address, port) not in self._allowed:
                    raise FetchFailed("blocked_address", f"{host} leads to {address}, which is not a public address.")
        return addresses

    def _resolve_in_time(self, host: str, port: int) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no timeout and cannot be stopped."""
        answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def resolve() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=resolve, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=self.deadline.remaining_s())
        except queue.Empty:
            self.deadline.fail()
        if not isinstance(answer, list):
            raise FetchFailed("dns", f"{host} was not found.") from answer
        return answer

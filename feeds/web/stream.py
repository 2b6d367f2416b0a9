"""Connections each of whose operations gets what is left of one deadline, whatever the server does meanwhile.

Whoever connects says which addresses a name may lead to: publishers are held to public ones, a model's server is the
operator's own.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from feeds.web.resolve import Resolver


class InTimeBackend(httpcore2.NetworkBackend):
    """Connects to the first of a name's addresses that takes connections.

    `addresses_of` gives the addresses of a host and port, at least one; `remaining_s` the seconds left, above 0. Both
    raise what their owner wants raised; `remaining_s` may be replaced while a connection stands.
    """

    def __init__(self, addresses_of: Resolver, remaining_s: Callable[[], float]) -> None:
        self._addresses_of = addresses_of
        self.remaining_s = remaining_s
        self._connect = httpcore2.SyncBackend().connect_tcp

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        *others, last = self._addresses_of(host, port)
        for tried, address in enumerate(others):
            # A dead first address must not use up the time of the others.
            share_s = self.remaining_s() / (len(others) + 1 - tried)
            with contextlib.suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return _InTimeStream(self._connect(address, port, timeout=share_s), self)
        return _InTimeStream(self._connect(last, port, timeout=self.remaining_s()), self)


class _InTimeStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, backend: InTimeBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.remaining_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        connection: socket.socket = self._stream.get_extra_info("socket")
        try:
            while buffer:  # each turn with what is left: a server may take the request a byte at a time
                connection.settimeout(self._backend.remaining_s())
                buffer = buffer[connection.send(buffer) :]
        except TimeoutError as error:
            raise httpcore2.WriteTimeout from error
        except OSError as error:
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.remaining_s())
        return _InTimeStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""The connection to a model server: one request, within one deadline, to the address that was set and no other.

Beside `feeds.web.connection`, from which it differs in whom it trusts: the address is the operator's own and may be
private, while what comes back is as untrusted. The deadline is the wall clock's and holds for every operation on the
socket, so a server that drips headers, an answer or an error gains no time by it.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

from newsdesk.llm.deadline import Deadline
from newsdesk.llm.server import CallFailed, Fault

# What an error says stands in its first lines.
MAX_ERROR_BYTES = 8_000
ERROR_BODY_S = 5.0
# Of a response's headers, those that somebody reads; what describes the body as sent is true no longer.
KEPT_HEADERS = frozenset({"content-type", "location", "retry-after", "retry-after-ms"})
# gzip's or zlib's wrapping, whichever it is.
_WINDOW_BITS = 32 + zlib.MAX_WBITS


def remaining_s(deadline: Deadline) -> float:
    """Seconds left, above 0. Raises: CallFailed (NETWORK)."""
    left = deadline.left_s()
    if left <= 0:
        raise CallFailed(Fault.NETWORK, f"no whole reply within {deadline.total_s:.3g} s")
    return left


class DeadlineTransport(httpx2.BaseTransport):
    """Sends a request and reads its whole response: redirects come back as they are, proxies are not looked for.

    `max_bytes` bounds what is sent and what it inflates to; of an error's body only the beginning is read.
    """

    def __init__(self, deadline: Deadline, max_bytes: int) -> None:
        self._deadline = deadline
        self._max_bytes = max_bytes

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response, its body read and inflated. Raises: CallFailed (NETWORK or REPLY)."""
        url = request.url
        origin = httpcore2.Origin(url.raw_scheme, url.raw_host, url.port or (443 if url.scheme == "https" else 80))
        skipped = (b"accept-encoding", b"connection")
        headers = [(name, value) for name, value in request.headers.raw if name.lower() not in skipped]
        asked = httpcore2.Request(
            request.method,
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=origin.port, target=url.raw_path),
            headers=[*headers, (b"Accept-Encoding", b"identity"), (b"Connection", b"close")],
            content=request.read(),
        )
        backend = _DeadlineBackend(self._deadline)
        context = _ssl_context() if url.scheme == "https" else None
        try:
            with httpcore2.HTTPConnection(origin, ssl_context=context, network_backend=backend) as connection:
                answer = connection.handle_request(asked)
                said = httpx2.Headers(answer.headers)
                body = self._read(answer, said, backend)
        except httpcore2.TimeoutException:
            remaining_s(self._deadline)
            raise CallFailed(Fault.NETWORK, "the model server did not answer in time") from None
        kept = [(name, value) for name, value in said.items() if name in KEPT_HEADERS]
        return httpx2.Response(answer.status, headers=kept, content=body)

    def _read(self, answer: httpcore2.Response, said: httpx2.Headers, backend: _DeadlineBackend) -> bytes:
        is_error = answer.status >= 300
        if is_error:
            backend.deadline = self._deadline.within(ERROR_BODY_S)
        limit = MAX_ERROR_BYTES if is_error else self._max_bytes
        body = _Body(said.get("content-encoding", ""), limit)
        try:
            for chunk in answer.iter_stream():
                remaining_s(backend.deadline)  # a fast trickle never waits on the socket, but time passes
                body.take(chunk)
                if body.is_over:
                    break
        except (CallFailed, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
            if not is_error:  # of which the status says enough
                raise
        if body.is_over and not is_error:
            raise CallFailed(Fault.REPLY, f"the reply is over {limit // 1_000_000} MB")
        return bytes(body.read[:limit])


class _Body:
    """What has been read of a body, inflated no further than a byte past its limit."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Raises: CallFailed (REPLY): an encoding that nobody asked for and that is not simply undone."""
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise CallFailed(Fault.REPLY, f"the model server encodes its reply as {encoding[:20]!r}, unasked")
        self._inflater = None if name in ("", "identity") else zlib.decompressobj(_WINDOW_BITS)
        self._limit, self._sent = limit, 0
        self.read = bytearray()
        self.is_over = False

    def take(self, chunk: bytes) -> None:
        """Add what came. Raises: CallFailed (REPLY): it is not the encoding that it should be."""
        self._sent += len(chunk)
        try:
            most = self._limit + 1 - len(self.read)
            self.read += self._inflater.decompress(chunk, most) if self._inflater else chunk
        except zlib.error:
            raise CallFailed(Fault.REPLY, "the model server's reply is damaged") from None
        self.is_over = max(self._sent, len(self.read)) > self._limit


class _DeadlineBackend(httpcore2.NetworkBackend):
    """Connections each of whose operations gets what is left of the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._connect = httpcore2.SyncBackend().connect_tcp

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _resolve(host, port, self.deadline)
        for left in range(len(addresses), 0, -1):
            # A dead first address must not use up the time of the others.
            share_s = remaining_s(self.deadline) / left
            try:
                return _DeadlineStream(self._connect(addresses[-left], port, timeout=share_s), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if left == 1:
                    raise
        raise CallFailed(Fault.NETWORK, f"no connection to the model server ({host} has no address)")


class _DeadlineStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, backend: _DeadlineBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining_s(self._backend.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        connection: socket.socket = self._stream.get_extra_info("socket")
        try:
            while buffer:  # each turn with what is left: a server may take the request a byte at a time
                connection.settimeout(remaining_s(self._backend.deadline))
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
        stream = self._stream.start_tls(ssl_context, server_hostname, remaining_s(self._backend.deadline))
        return _DeadlineStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """A name's addresses, found in a thread of its own: the system's resolver knows no timeout.

    Raises: CallFailed (NETWORK).
    """
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put(list(dict.fromkeys(str(info[4][0]) for info in found)))

    threading.Thread(target=resolve, name=f"resolve {host}", daemon=True).start()
    try:
        addresses = answers.get(timeout=remaining_s(deadline))
    except queue.Empty:
        addresses = []
    if not addresses:
        raise CallFailed(Fault.NETWORK, f"no connection to the model server ({host} was not found)")
    return addresses


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    """The certificates that the library trusts; SSL_CERT_FILE names others."""
    return httpx2.create_ssl_context()

"""The connection to a model server: one request, within one deadline, to the address that was set and no other.

It differs from a fetch in whom it trusts: the address is the operator's own and may be private, while what comes back
is as untrusted. The deadline is the wall clock's and holds for every operation on the
socket, so a server that drips headers, an answer or an error gains no time by it.
"""

from __future__ import annotations

import ssl
import zlib
from functools import lru_cache, partial

import httpcore2
import httpx2

from feeds.web.resolve import resolve_in_time, system_resolver
from feeds.web.stream import InTimeBackend
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
        backend = InTimeBackend(partial(_addresses_of, deadline=self._deadline), partial(remaining_s, self._deadline))
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

    def _read(self, answer: httpcore2.Response, said: httpx2.Headers, backend: InTimeBackend) -> bytes:
        is_error = answer.status >= 300
        if is_error:
            backend.remaining_s = partial(remaining_s, self._deadline.within(ERROR_BODY_S))
        limit = MAX_ERROR_BYTES if is_error else self._max_bytes
        body = _Body(said.get("content-encoding", ""), limit)
        try:
            for chunk in answer.iter_stream():
                backend.remaining_s()  # a fast trickle never waits on the socket, but time passes
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


def _addresses_of(host: str, port: int, deadline: Deadline) -> list[str]:
    try:
        addresses = resolve_in_time(host, port, system_resolver, remaining_s(deadline))
    except (OSError, UnicodeError):  # also in vain until the deadline
        addresses = []
    if not addresses:
        raise CallFailed(Fault.NETWORK, f"no connection to the model server ({host} was not found)")
    return addresses


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    """The certificates that the library trusts; SSL_CERT_FILE names others."""
    return httpx2.create_ssl_context()

"""One request to a publisher and its response, within the deadline of the fetch that they belong to."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping

import httpcore2

from feeds.web.address import Target
from feeds.web.deadline import Deadline
from feeds.web.decompress import BadEncoding, BodyTooLarge, decompress
from feeds.web.guard import Guard
from feeds.web.response import REDIRECT_STATUSES, FetchFailed, Response
from feeds.web.stream import InTimeBackend

MAX_HEADER_BYTES = 64 * 1024
MAX_HEADERS = 300


def request(
    target: Target,
    headers: dict[str, str],
    json_body: bytes | None,
    guard: Guard,
    context: ssl.SSLContext,
    max_bytes: int,
) -> Response:
    """One request on a connection of its own; redirects come back with an empty body, other refusals are raised.

    Raises: FetchFailed.
    """
    asked = httpcore2.Request(
        "GET" if json_body is None else "POST",
        httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
        headers=[(b"Host", target.authority.encode())]
        + [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        content=json_body,
    )
    backend = InTimeBackend(guard.addresses_of, guard.deadline.remaining_s)
    origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
    try:
        with httpcore2.HTTPConnection(origin, ssl_context=context, network_backend=backend) as connection:
            raw = connection.handle_request(asked)
            names = _read_headers(raw.headers)
            if raw.status in REDIRECT_STATUSES or raw.status == 304:
                return Response(target.url, raw.status, names, b"")
            if not 200 <= raw.status <= 299:
                raise FetchFailed(
                    "http_status",
                    f"The server answered with status {raw.status}.",
                    status=raw.status,
                    retry_after=names.get("retry-after", ""),
                )
            return Response(target.url, raw.status, names, _read_body(raw, names, guard.deadline, max_bytes))
    except httpcore2.TimeoutException:
        guard.deadline.fail()
    except httpcore2.LocalProtocolError as error:
        raise FetchFailed("bad_url", "The address or its validators cannot be sent in a request.") from error
    except httpcore2.ProtocolError as error:
        raise FetchFailed("bad_response", f"The server's answer is not valid HTTP ({error}).") from error
    except httpcore2.NetworkError as error:
        raise _network_failure(error) from error


def _read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name, repeated ones joined; cookies are dropped here and never seen again."""
    pairs = list(raw)
    if len(pairs) > MAX_HEADERS or sum(len(name) + len(value) for name, value in pairs) > MAX_HEADER_BYTES:
        raise FetchFailed("bad_response", "The server sent too many headers.")
    headers: dict[str, str] = {}
    for name_bytes, value_bytes in pairs:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        if name != "set-cookie":
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_body(raw: httpcore2.Response, headers: Mapping[str, str], deadline: Deadline, max_bytes: int) -> bytes:
    too_large = FetchFailed("too_large", f"The answer is larger than {max_bytes:,} bytes.", status=raw.status)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > max_bytes:
        raise too_large

    def chunks() -> Iterator[bytes]:
        for chunk in raw.iter_stream():
            deadline.remaining_s()  # a fast trickle of tiny chunks never waits on the socket, but time passes
            yield chunk

    try:
        return decompress(chunks(), headers.get("content-encoding", ""), max_bytes)
    except BodyTooLarge:
        raise too_large from None
    except BadEncoding as error:
        raise FetchFailed("bad_response", str(error), status=raw.status) from error


def _network_failure(error: httpcore2.NetworkError) -> FetchFailed:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FetchFailed("tls", f"The server's certificate is not valid: {cause.verify_message}.")
    if isinstance(cause, ssl.SSLError):
        return FetchFailed("tls", "The encrypted connection failed.")
    if isinstance(error, httpcore2.ConnectError):
        why = cause.strerror if isinstance(cause, OSError) else None
        return FetchFailed("connect", f"No connection to the server: {(why or str(error)).lower()}.")
    return FetchFailed("connect", "The server broke the connection off.")

"""The one way to the web: every request to a publisher, and to the operator's webhook, goes through `fetch`.

One wall-clock deadline covers resolving, connecting, TLS, headers, body and redirects; the address guard stands at
every hop. No cookies, no credentials, no proxies.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import certifi
import httpcore2

from feeds.web.address import RefusedUrl, Target, join_url, read_url
from feeds.web.connection import Deadline, FetchFailed, GuardedBackend, Redirect, Resolver, system_resolver
from feeds.web.decompress import ACCEPT_ENCODING, BadEncoding, BodyTooLarge, decompress

__all__ = ["FetchFailed", "Redirect", "Response", "fetch"]

USER_AGENT = "Newsdesk/0.1"
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
MAX_HEADERS = 300
MAX_REDIRECTS = 5
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
DEFAULT_DEADLINE_S = 30.0


@dataclass(frozen=True)
class Response:
    """An answer of 200 to 299, or 304. `url` is the final one, header names are lower case, `body` is decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[Redirect, ...] = ()


def fetch(
    url: str,
    *,
    allowed_addresses: frozenset[str],
    etag: str = "",
    last_modified: str = "",
    accept: str = "*/*",
    max_bytes: int = MAX_BODY_BYTES,
    deadline_s: float = DEFAULT_DEADLINE_S,
    user_agent: str = USER_AGENT,
    json_body: bytes | None = None,
    resolve: Resolver = system_resolver,
    ssl_context: ssl.SSLContext | None = None,
) -> Response:
    """Get a URL, or post a JSON document to it; validators are sent byte for byte as given.

    `allowed_addresses` are "host:port" strings exempt from the address guard. What is posted follows no redirect.
    Returns on 200 to 299 and 304.
    Raises: FetchFailed.
    """
    deadline = Deadline(deadline_s)
    backend = GuardedBackend(deadline, allowed_addresses, resolve)
    context = ssl_context or _default_ssl_context()
    headers = {"User-Agent": user_agent, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING, "Connection": "close"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    if json_body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(json_body))}
    redirects: tuple[Redirect, ...] = ()
    try:
        target = _read(url)
        while True:
            answer = _request(target, headers, json_body, backend, context, max_bytes)
            if answer.status not in REDIRECT_STATUSES:
                break
            if json_body is not None:
                raise FetchFailed("bad_redirect", "The server redirected what was posted to it.", status=answer.status)
            if len(redirects) == MAX_REDIRECTS:
                raise FetchFailed("too_many_redirects", f"The server redirected more than {MAX_REDIRECTS} times.")
            target = _follow(target, answer)
            redirects += (Redirect(answer.status, target.url),)
    except FetchFailed as error:
        error.redirects = redirects
        raise
    return Response(target.url, answer.status, answer.headers, answer.body, redirects)


def _read(url: str) -> Target:
    try:
        return read_url(url)
    except RefusedUrl as error:
        raise FetchFailed(error.code, error.message) from error


def _follow(target: Target, answer: Response) -> Target:
    """Where a redirect leads; other schemes, downgrades and nonsense are refused."""
    location = answer.headers.get("location", "")
    if not location:
        raise FetchFailed("bad_redirect", "The server redirected without saying where to.", status=answer.status)
    try:
        # Header bytes arrive as Latin-1; servers that send raw UTF-8 mean UTF-8.
        location = location.encode("latin-1").decode("utf-8", "replace")
        after = read_url(join_url(target.url, location))
    except RefusedUrl as error:
        code = "bad_redirect" if error.code == "bad_url" else error.code
        raise FetchFailed(code, f"The server redirected to a refused address. {error.message}") from error
    if target.scheme == "https" and after.scheme == "http":
        raise FetchFailed("bad_redirect", "The server redirected from https to http.", status=answer.status)
    return after


def _request(
    target: Target,
    headers: dict[str, str],
    json_body: bytes | None,
    backend: GuardedBackend,
    context: ssl.SSLContext,
    max_bytes: int,
) -> Response:
    """One request on a connection of its own; redirects come back with an empty body, other refusals are raised."""
    request = httpcore2.Request(
        "GET" if json_body is None else "POST",
        httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
        headers=[(b"Host", target.authority.encode())]
        + [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        content=json_body,
    )
    origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
    try:
        with httpcore2.HTTPConnection(origin, ssl_context=context, network_backend=backend) as connection:
            raw = connection.handle_request(request)
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
            return Response(target.url, raw.status, names, _read_body(raw, names, backend.deadline, max_bytes))
    except httpcore2.TimeoutException:
        backend.deadline.fail()
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


@lru_cache(maxsize=1)
def _default_ssl_context() -> ssl.SSLContext:
    """The system's certificates and certifi's, so that a machine without any of its own still verifies."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context

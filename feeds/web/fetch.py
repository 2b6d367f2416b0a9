"""The one way to the web: every request to a publisher, and to the operator's webhook, goes through `fetch`.

One wall-clock deadline covers resolving, connecting, TLS, headers, body and redirects; the address guard stands at
every hop. No cookies, no credentials, no proxies.
"""

from __future__ import annotations

import ssl
from functools import lru_cache

import certifi

from feeds.web.address import RefusedUrl, Target, join_url, read_url
from feeds.web.deadline import Deadline
from feeds.web.decompress import ACCEPT_ENCODING
from feeds.web.guard import Guard
from feeds.web.resolve import Resolver, system_resolver
from feeds.web.response import REDIRECT_STATUSES, FetchFailed, Redirect, Response

__all__ = ["FetchFailed", "Redirect", "Response", "fetch"]

USER_AGENT = "Newsdesk/0.1"
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
DEFAULT_DEADLINE_S = 30.0


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
    from feeds.web.exchange import request  # half of a program's start, for those who never fetch

    guard = Guard(Deadline(deadline_s), allowed_addresses, resolve)
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
            answer = request(target, headers, json_body, guard, context, max_bytes)
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


@lru_cache(maxsize=1)
def _default_ssl_context() -> ssl.SSLContext:
    """The system's certificates and certifi's, so that a machine without any of its own still verifies."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context

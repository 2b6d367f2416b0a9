"""What we send: a feed or a page is asked for, or news of the desk posted, under this site's name, within limits."""

from __future__ import annotations

from django.conf import settings

from feeds.web.address import RefusedUrl, host_and_port, read_url
from feeds.web.fetch import DEFAULT_DEADLINE_S, MAX_BODY_BYTES, USER_AGENT, FetchFailed, Response, fetch

__all__ = ["FetchFailed", "Response", "ask_for_feed", "ask_for_page", "post_to_operator"]

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_DEADLINE_S = 20.0
MAX_PAGE_BYTES = 5 * 1024 * 1024
POST_DEADLINE_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024


def ask_for_feed(
    url: str, *, etag: str = "", last_modified: str = "", deadline_s: float = DEFAULT_DEADLINE_S
) -> Response:
    """Fetch a feed of at most 10 MB; with the validators of its last answer, unchanged ones come back as a 304.

    Raises: FetchFailed.
    """
    return _ask(url, ACCEPT_FEED, MAX_BODY_BYTES, deadline_s, etag, last_modified)


def ask_for_page(url: str) -> Response:
    """Fetch an article's web page of at most 5 MB within 20 s.

    Raises: FetchFailed.
    """
    return _ask(url, ACCEPT_PAGE, MAX_PAGE_BYTES, PAGE_DEADLINE_S)


def post_to_operator(url: str, document: bytes) -> None:
    """Post a JSON document to an address that the operator has set, private or not, within 10 s; it is not redirected.

    Raises: FetchFailed.
    """
    try:
        target = read_url(url)
    except RefusedUrl as error:
        raise FetchFailed(error.code, error.message) from error
    fetch(
        url,
        json_body=document,
        max_bytes=MAX_ANSWER_BYTES,
        deadline_s=POST_DEADLINE_S,
        user_agent=user_agent(),
        allowed_addresses=frozenset({host_and_port(target.host, target.port)}),
    )


def user_agent() -> str:
    """Our name, with an address for a publisher who finds it in a log and wants to know who we are."""
    return f"{USER_AGENT} (+{settings.SITE_URL})"


def _ask(url: str, accept: str, max_bytes: int, deadline_s: float, etag: str = "", last_modified: str = "") -> Response:
    return fetch(
        url,
        etag=etag,
        last_modified=last_modified,
        accept=accept,
        max_bytes=max_bytes,
        deadline_s=deadline_s,
        user_agent=user_agent(),
        allowed_addresses=settings.FETCH_ALLOWED_ADDRESSES,
    )

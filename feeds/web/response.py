"""What a fetch gives: a response, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


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


@dataclass(frozen=True)
class Response:
    """An answer of 200 to 299, or 304. `url` is the final one, header names are lower case, `body` is decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[Redirect, ...] = ()

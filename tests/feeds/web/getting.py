"""Fetching from the loopback publisher."""

from __future__ import annotations

import pytest

from feeds.web.fetch import FetchFailed, Response, fetch
from tests.servers.publisher import Publisher

MEGABYTE = 1_000_000


def get(publisher: Publisher, path: str = "/", **options: object) -> Response:
    options.setdefault("deadline_s", 10.0)
    return fetch(publisher.url(path), allowed_addresses=frozenset({publisher.address}), **options)  # type: ignore[arg-type]


def refusal(publisher: Publisher, path: str = "/", **options: object) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        get(publisher, path, **options)
    return caught.value

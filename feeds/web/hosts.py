"""Politeness in one run: a host is asked by few at once and with a pause between, and left alone when it refuses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

MAX_AT_ONCE_PER_HOST = 2
HOST_SPACING_S = 1.0


class Hosts:
    """Says which URL may be asked for now; `exempt` "host:port" strings are never made to wait."""

    def __init__(self, exempt: frozenset[str]) -> None:
        self._exempt = exempt
        self._running: Counter[str] = Counter()
        self._last_start_s: dict[str, float] = {}

    def next_ready(self, urls: Iterable[str]) -> int | None:
        """The place of the first URL whose host may be asked now."""
        at_s = time.monotonic()
        return next((place for place, url in enumerate(urls) if self._is_ready(host_and_port_of(url), at_s)), None)

    def begin(self, url: str) -> None:
        """Note that a request to the URL's host begins."""
        self._running[host_and_port_of(url)] += 1
        self._last_start_s[host_and_port_of(url)] = time.monotonic()

    def end(self, url: str) -> None:
        """Note that it ended."""
        self._running[host_and_port_of(url)] -= 1

    def _is_ready(self, host: str, at_s: float) -> bool:
        if host in self._exempt:
            return True
        is_spaced = at_s - self._last_start_s.get(host, -HOST_SPACING_S) >= HOST_SPACING_S
        return is_spaced and self._running[host] < MAX_AT_ONCE_PER_HOST


def host_and_port_of(url: str) -> str:
    """Host and port as written: two servers on one machine are two. Of what is no URL, itself; `fetch` says why not."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url

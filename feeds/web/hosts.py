"""Politeness in one run: a host is asked by few at once and with a pause between, and left alone when it refuses."""

from __future__ import annotations

import heapq
import time
from collections import Counter, deque
from collections.abc import Iterable
from urllib.parse import urlsplit

MAX_AT_ONCE_PER_HOST = 2
HOST_SPACING_S = 1.0


class Hosts:
    """Says which of the waiting URLs may be asked for now; `exempt` "host:port" strings are never made to wait.

    URLs are known by their place. Each host that has any waiting stands in one of two heaps, by its first place if it
    may be asked now, by time if it may be later, or in none while it is asked by as many as may: so a look costs the
    same for ten waiting URLs and for a hundred thousand.
    """

    def __init__(self, urls: Iterable[str], exempt: frozenset[str]) -> None:
        self._exempt = exempt
        self._places: dict[str, deque[int]] = {}
        for place, url in enumerate(urls):
            self._places.setdefault(host_and_port_of(url), deque()).append(place)
        self._now = [(places[0], host) for host, places in self._places.items()]  # in the order of places: a heap
        self._later: list[tuple[float, str]] = []
        self._running: Counter[str] = Counter()
        self._last_start_s: dict[str, float] = {}
        self.waiting = sum(map(len, self._places.values()))

    def next_ready(self) -> int | None:
        """Take out the first place whose host may be asked now; `begin` or `pass_over` must follow for its URL."""
        at_s = time.monotonic()
        while self._later and self._later[0][0] <= at_s:
            self._allow(heapq.heappop(self._later)[1])
        while self._now:
            place, host = heapq.heappop(self._now)
            if host in self._places:  # not left alone meanwhile
                self._places[host].popleft()
                self.waiting -= 1
                return place
        return None

    def begin(self, url: str) -> None:
        """Note that a request to the URL's host begins."""
        host = host_and_port_of(url)
        self._running[host] += 1
        self._last_start_s[host] = time.monotonic()
        if host in self._exempt:
            self._allow(host)
        elif self._running[host] < MAX_AT_ONCE_PER_HOST:
            self._delay(host)

    def pass_over(self, url: str) -> None:
        """Note that nothing is asked for at this URL."""
        self._allow(host_and_port_of(url))

    def end(self, url: str) -> None:
        """Note that a request ended."""
        host = host_and_port_of(url)
        if self._running[host] == MAX_AT_ONCE_PER_HOST and host not in self._exempt:
            self._delay(host)
        self._running[host] -= 1

    def leave(self, url: str) -> int:
        """Take out all that wait for the URL's host; how many did."""
        left = len(self._places.pop(host_and_port_of(url), ()))
        self.waiting -= left
        return left

    def leave_all(self) -> None:
        """Take out all that wait."""
        self._places.clear()
        self.waiting = 0

    def _allow(self, host: str) -> None:
        if places := self._places.get(host):
            heapq.heappush(self._now, (places[0], host))

    def _delay(self, host: str) -> None:
        heapq.heappush(self._later, (self._last_start_s[host] + HOST_SPACING_S, host))


def host_and_port_of(url: str) -> str:
    """Host and port as written: two servers on one machine are two. Of what is no URL, itself; `fetch` says why not."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url

"""Politeness towards a host within one run."""

from __future__ import annotations

import time

from feeds.web.hosts import HOST_SPACING_S, Hosts

ONE, OTHER = "https://one.example/a", "https://other.example/a"


def test_a_host_waits_while_others_are_asked() -> None:
    hosts = Hosts(frozenset())
    assert hosts.next_ready([ONE, OTHER]) == 0
    hosts.begin(ONE)
    assert hosts.next_ready([ONE, OTHER]) == 1
    assert hosts.next_ready([ONE]) is None


def test_a_host_may_be_asked_again_after_the_pause_but_never_by_three_at_once() -> None:
    hosts = Hosts(frozenset())
    hosts.begin(ONE)
    hosts.begin(ONE)
    time.sleep(HOST_SPACING_S)
    assert hosts.next_ready([ONE]) is None
    hosts.end(ONE)
    assert hosts.next_ready([ONE]) == 0


def test_an_exempt_address_never_waits() -> None:
    hosts = Hosts(frozenset({"127.0.0.1:8001"}))
    for _ in range(5):
        hosts.begin("http://127.0.0.1:8001/a")
    assert hosts.next_ready(["http://127.0.0.1:8001/b"]) == 0

"""The address guard over real sockets: no connection to a private address is ever opened (F5, F6, F7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feeds.web.fetch import FetchFailed, fetch
from tests.servers.publisher import Publisher, redirect

NOTHING: frozenset[str] = frozenset()
DISGUISES = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
]


def refusal_code(url: str, allowed: frozenset[str] = NOTHING) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetch(url, allowed_addresses=allowed, deadline_s=10)
    return caught.value.code


@pytest.mark.parametrize("host", DISGUISES)
def test_no_disguise_of_loopback_reaches_a_listening_server(publisher: Publisher, host: str) -> None:
    publisher.routes["/"] = b"internal"
    assert refusal_code(f"http://{host}:{publisher.port}/") == "blocked_address"
    assert publisher.connections == 0


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "100.64.0.1", "10.0.0.1", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"]
)
def test_other_private_networks_are_blocked(host: str) -> None:
    assert refusal_code(f"http://{host}/latest/meta-data") == "blocked_address"


@pytest.mark.parametrize("url", ["http://user@127.0.0.1:{port}/", "http://example.com@127.0.0.1:{port}/"])
def test_a_user_name_is_a_bad_url(publisher: Publisher, url: str) -> None:
    assert refusal_code(url.format(port=publisher.port)) == "bad_url"
    assert publisher.connections == 0


@pytest.mark.parametrize("host", DISGUISES)
def test_the_guard_stands_at_every_redirect(publisher: Publisher, host: str) -> None:
    with Publisher({"/": b"internal"}) as internal:
        location = f"http://{host}:{internal.port}/".encode().decode("latin-1")
        publisher.routes["/"] = redirect(location)
        assert refusal_code(publisher.url(), frozenset({publisher.address})) == "blocked_address"
        assert internal.connections == 0


def test_one_bad_address_among_good_ones_refuses_the_name(publisher: Publisher) -> None:
    publisher.routes["/"] = b"internal"
    with pytest.raises(FetchFailed) as caught:
        fetch(
            f"http://mixed.test:{publisher.port}/",
            allowed_addresses=frozenset({publisher.address}),
            resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"],
        )
    assert caught.value.code == "blocked_address"
    assert publisher.connections == 0


def test_a_name_that_changes_its_address_is_not_asked_again(publisher: Publisher) -> None:
    publisher.routes["/"] = b"as checked"
    answers: Iterator[list[str]] = iter([["127.0.0.1"], ["10.0.0.1"]])
    response = fetch(
        f"http://rebind.test:{publisher.port}/",
        allowed_addresses=frozenset({publisher.address}),
        resolve=lambda host, port: next(answers),
    )
    assert response.body == b"as checked"
    assert publisher.requests[0].headers["host"] == f"rebind.test:{publisher.port}"
    assert next(answers) == ["10.0.0.1"]


def test_a_dead_first_address_leaves_time_for_the_second(publisher: Publisher) -> None:
    publisher.routes["/"] = b"second"
    response = fetch(
        f"http://two.test:{publisher.port}/",
        allowed_addresses=frozenset({publisher.address, f"127.0.0.2:{publisher.port}"}),
        resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"],
    )
    assert response.body == b"second"


def test_an_exempt_address_exempts_no_other_port(publisher: Publisher) -> None:
    with Publisher({"/": b"internal"}) as other:
        assert refusal_code(other.url(), frozenset({publisher.address})) == "blocked_address"
        assert other.connections == 0


def test_a_name_without_addresses_is_a_dns_failure() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for resolver in (resolve, lambda host, port: []):
        with pytest.raises(FetchFailed) as caught:
            fetch("http://nowhere.test/", allowed_addresses=NOTHING, resolve=resolver)
        assert caught.value.code == "dns"

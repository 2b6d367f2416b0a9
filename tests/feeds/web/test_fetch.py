"""Fetching over real sockets: conditional requests, redirects, caps, deadlines, encodings, TLS."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from feeds.web.fetch import MAX_REDIRECTS, FetchFailed, Redirect, Response, fetch
from tests.feeds.web.getting import MEGABYTE, get, refusal
from tests.servers.publisher import Publisher, Raw, Reply, Request, drip, redirect, silence

TLS = Path(__file__).parents[2] / "data" / "tls"
# Deadlines of the tests; what must stop at one is given this much grace on a busy machine.
SHORT_S = 0.4
GRACE_S = 1.5


# Plain requests


def test_a_page_comes_back_with_its_headers_and_without_cookies(publisher: Publisher) -> None:
    publisher.routes["/"] = Reply(
        b"hello", content_type="text/plain", headers=(("X-Note", "a"), ("x-note", "b"), ("Set-Cookie", "id=1"))
    )
    response = get(publisher, accept="text/plain", user_agent="Newsdesk/0.1 (+https://desk.example)")
    assert (response.status, response.body, response.redirects) == (200, b"hello", ())
    assert response.url == publisher.url("/")
    assert response.headers["content-type"] == "text/plain"
    assert response.headers["x-note"] == "a, b"
    assert "set-cookie" not in response.headers
    asked = publisher.requests[0].headers
    assert asked["accept"] == "text/plain"
    assert asked["user-agent"] == "Newsdesk/0.1 (+https://desk.example)"
    assert asked["host"] == publisher.address
    assert not {"cookie", "authorization", "referer", "if-none-match", "if-modified-since"} & asked.keys()


def test_a_cookie_set_on_a_redirect_is_not_sent_on(publisher: Publisher) -> None:
    publisher.routes["/"] = Reply(status=302, headers=(("Location", "/next"), ("Set-Cookie", "id=1")))
    publisher.routes["/next"] = b"there"
    assert get(publisher).body == b"there"
    assert "cookie" not in publisher.requests[1].headers


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "unquoted", '"f\xfcr"', '"a", "b"'])
def test_validators_go_back_byte_for_byte_and_give_a_304(publisher: Publisher, etag: str) -> None:
    modified = "Tue, 24 Mar 2026 07:00:00 +0000"
    publisher.routes["/"] = Reply(b"feed", etag=etag, last_modified=modified)
    first = get(publisher)
    assert (first.headers["etag"], first.headers["last-modified"]) == (etag, modified)
    second = get(publisher, etag=first.headers["etag"], last_modified=first.headers["last-modified"])
    assert (second.status, second.body) == (304, b"")
    assert second.headers["etag"] == etag


def test_a_validator_that_would_start_a_new_header_is_never_sent(publisher: Publisher) -> None:
    assert refusal(publisher, etag='"a"\r\nX-Evil: 1').code == "bad_url"
    assert publisher.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503])
def test_an_error_status_is_raised_with_its_retry_after(publisher: Publisher, status: int) -> None:
    publisher.routes["/"] = Reply(b"no", status=status, headers=(("Retry-After", "-5 or so"),))
    error = refusal(publisher)
    assert (error.code, error.status, error.retry_after) == ("http_status", status, "-5 or so")


def test_a_proxy_in_the_environment_is_not_used(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    publisher.routes["/"] = b"direct"
    assert get(publisher).body == b"direct"


# Size (F1, F3)


def test_a_declared_length_above_the_cap_is_refused_before_the_body(publisher: Publisher) -> None:
    publisher.routes["/"] = Reply(chunks=itertools.repeat(b"x" * 65536), headers=(("Content-Length", "100000000"),))
    assert refusal(publisher, max_bytes=MEGABYTE).code == "too_large"


def test_an_endless_body_stops_at_the_cap(publisher: Publisher) -> None:
    publisher.routes["/"] = Reply(chunks=itertools.repeat(b"x" * 65536))
    assert refusal(publisher, max_bytes=MEGABYTE).code == "too_large"


def test_endless_http_chunks_stop_at_the_cap(publisher: Publisher) -> None:
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    publisher.routes["/"] = Reply(chunks=itertools.repeat(chunk), headers=(("Transfer-Encoding", "chunked"),))
    assert refusal(publisher, max_bytes=MEGABYTE).code == "too_large"


def test_a_body_of_exactly_the_cap_is_taken(publisher: Publisher) -> None:
    publisher.routes["/"] = b"x" * 1000
    assert len(get(publisher, max_bytes=1000).body) == 1000
    assert refusal(publisher, max_bytes=999).code == "too_large"


# Time (F2)


@pytest.mark.parametrize(
    "slow",
    [
        silence(),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000, every_s=0.02),
        drip(b"x" * 1000, every_s=0.02, head=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        drip(b"1\r\nx\r\n" * 1000, every_s=0.01, head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100, every_s=0.01),
    ],
    ids=["silence", "headers", "body", "chunks", "informational"],
)
def test_a_slow_server_is_left_at_the_total_deadline(publisher: Publisher, slow: Raw) -> None:
    publisher.routes["/"] = slow
    started = time.monotonic()
    assert refusal(publisher, deadline_s=SHORT_S).code == "timeout"
    assert SHORT_S <= time.monotonic() - started < SHORT_S + GRACE_S


def test_the_deadline_covers_all_redirects_together(publisher: Publisher) -> None:
    def slow_hop(request: Request) -> Reply:
        publisher.stopped.wait(SHORT_S * 0.6)
        return redirect("/" + "x" * len(request.path))

    for hops in range(6):
        publisher.routes["/" + "x" * hops] = slow_hop
    started = time.monotonic()
    assert refusal(publisher, deadline_s=SHORT_S).code == "timeout"
    assert time.monotonic() - started < SHORT_S + GRACE_S


def test_a_tls_handshake_that_never_comes_is_left_too(publisher: Publisher) -> None:
    # A plain server reads the client's hello as a request line and waits for its end.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(FetchFailed) as caught:
            fetch(f"https://{address}/", allowed_addresses=frozenset({address}), deadline_s=SHORT_S)
    assert caught.value.code == "timeout"


def test_a_resolver_that_hangs_is_left_at_the_deadline() -> None:
    released = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        released.wait(30)
        return []

    started = time.monotonic()
    with pytest.raises(FetchFailed) as caught:
        fetch("http://slow.test/", allowed_addresses=frozenset(), deadline_s=SHORT_S, resolve=resolve)
    released.set()
    assert caught.value.code == "timeout"
    assert time.monotonic() - started < SHORT_S + GRACE_S


# Redirects (F4)


def test_redirects_are_followed_and_told(publisher: Publisher) -> None:
    publisher.routes |= {"/": redirect("/b", 301), "/b": redirect(publisher.url("/c?x=1#top"), 308), "/c": b"there"}
    response = get(publisher)
    assert (response.body, response.url) == (b"there", publisher.url("/c?x=1"))
    assert response.redirects == (Redirect(301, publisher.url("/b")), Redirect(308, publisher.url("/c?x=1")))


def test_five_redirects_are_the_most(publisher: Publisher) -> None:
    for hop in range(MAX_REDIRECTS + 1):
        publisher.routes[f"/{hop}"] = redirect(f"/{hop + 1}")
    publisher.routes[f"/{MAX_REDIRECTS + 1}"] = b"end"
    assert get(publisher, "/1").body == b"end"
    publisher.requests.clear()
    assert refusal(publisher, "/0").code == "too_many_redirects"
    assert len(publisher.requests) == MAX_REDIRECTS + 1


def test_a_redirect_loop_ends(publisher: Publisher) -> None:
    publisher.routes["/"] = redirect("/")
    assert refusal(publisher).code == "too_many_redirects"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://[", "http://a@b/", ""])
def test_a_redirect_to_anything_but_the_web_is_refused(publisher: Publisher, location: str) -> None:
    publisher.routes["/"] = Reply(status=302, headers=(("Location", location),))
    error = refusal(publisher)
    assert error.code == "bad_redirect"


def test_an_error_after_a_redirect_tells_the_hops(publisher: Publisher) -> None:
    publisher.routes["/"] = redirect("/gone", 301)
    error = refusal(publisher)
    assert (error.status, error.redirects) == (404, (Redirect(301, publisher.url("/gone")),))


# Broken answers (F19)


def test_too_many_headers_and_too_large_ones_are_refused(publisher: Publisher) -> None:
    publisher.routes["/many"] = Reply(b"", headers=tuple((f"X-{n}", "v") for n in range(400)))
    publisher.routes["/cookie"] = Reply(b"", headers=(("Set-Cookie", "x" * 60_000), ("X-Rest", "x" * 10_000)))
    publisher.routes["/endless"] = drip(b"", 0, head=b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000)
    for path in ("/many", "/cookie", "/endless"):
        assert refusal(publisher, path).code == "bad_response"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_a_bad_response(publisher: Publisher, answer: bytes) -> None:
    publisher.routes["/"] = drip(b"", 0, head=answer)
    assert refusal(publisher).code == "bad_response"


def test_nobody_listening_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(FetchFailed) as caught:
        fetch(f"http://{address}/", allowed_addresses=frozenset({address}))
    assert caught.value.code == "connect"


def _tls_server(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate)
    return context


def _fetch_over_tls(publisher: Publisher, host: str, *, trusted: bool = True, also_allowed: str = "") -> Response:
    return fetch(
        f"https://{host}:{publisher.port}/",
        allowed_addresses=frozenset({publisher.address, also_allowed}),
        deadline_s=10,
        resolve=lambda host, port: ["127.0.0.1"],
        ssl_context=ssl.create_default_context(cafile=str(TLS / "authority.pem")) if trusted else None,
    )


def test_a_valid_certificate_for_the_host_is_accepted() -> None:
    with Publisher({"/": b"secret"}, tls=_tls_server("valid.pem")) as publisher:
        assert _fetch_over_tls(publisher, "publisher.test").body == b"secret"


@pytest.mark.parametrize(
    ("certificate", "host", "trusted"),
    [
        ("expired.pem", "publisher.test", True),
        ("valid.pem", "other.test", True),
        ("valid.pem", "publisher.test", False),
    ],
    ids=["expired", "wrong host", "unknown authority"],
)
def test_a_bad_certificate_ends_the_fetch(certificate: str, host: str, trusted: bool) -> None:
    with Publisher({"/": b"secret"}, tls=_tls_server(certificate)) as publisher:
        with pytest.raises(FetchFailed) as caught:
            _fetch_over_tls(publisher, host, trusted=trusted)
        assert caught.value.code == "tls"
        assert publisher.requests == []


def test_a_redirect_from_https_to_http_is_refused(publisher: Publisher) -> None:
    downgrade = redirect(publisher.url("/"))
    with Publisher({"/": downgrade}, tls=_tls_server("valid.pem")) as encrypted, pytest.raises(FetchFailed) as caught:
        _fetch_over_tls(encrypted, "publisher.test", also_allowed=publisher.address)
    assert caught.value.code == "bad_redirect"
    assert publisher.connections == 0

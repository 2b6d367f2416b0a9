"""The connection to a model server: one deadline, one cap, no redirect, whatever the server does (L10)."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from newsdesk.llm.answer import BadReply
from newsdesk.llm.connection import MAX_ERROR_BYTES
from newsdesk.llm.server import CallFailed, Fault, Server
from newsdesk.llm.transport import call
from tests.servers.openai_api import OpenAIServer, Reply, chat, drip, error

KEY = "sk-secret-4711"
DEADLINE_S = 0.5
# What a call may take over its deadline: nothing but a busy machine's turns.
SLACK_S = 5.0
GOOD = chat({"answer": "yes"})
HEAD = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\n"

Raw = Callable[[socket.socket, threading.Event], None]


def ask(server: OpenAIServer | str, *, deadline_s: float = DEADLINE_S, text: str = "What now?") -> object:
    base_url = server if isinstance(server, str) else server.base_url
    messages = [{"role": "user", "content": text}]
    return call(Server(base_url, KEY, "m"), messages, schema=None, max_output_tokens=9, deadline_s=deadline_s)


def refusal(server: OpenAIServer | str, *, deadline_s: float = DEADLINE_S, text: str = "What now?") -> CallFailed:
    """Why the call failed; that it ended in time is seen to."""
    began = time.monotonic()
    with pytest.raises(CallFailed) as caught:
        ask(server, deadline_s=deadline_s, text=text)
    assert time.monotonic() - began < deadline_s + SLACK_S
    assert KEY not in caught.value.reason
    return caught.value


def dripped(data: bytes) -> Raw:
    return lambda connection, stopping: drip(connection, data, 0.05, stopping)


def endless(head: bytes, piece: bytes) -> Raw:
    def send(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(head)
        while not stopping.is_set():
            connection.sendall(piece)

    return send


def error_dripped(connection: socket.socket, stopping: threading.Event) -> None:
    connection.sendall(HEAD % b"401 No" + b"\r\n")
    drip(connection, b"x" * 900, 0.05, stopping)


def silent(connection: socket.socket, stopping: threading.Event) -> None:
    stopping.wait()


def bomb(status: bytes) -> Raw:
    """A gigabyte of spaces in a megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(1000)), packer.flush()])
    head = HEAD % status + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    return lambda connection, _: connection.sendall(head + packed)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(silent, id="accepted, then nothing"),
        pytest.param(dripped(HEAD % b"200 OK" + b"X: " + b"x" * 5000), id="headers dripped"),
        pytest.param(dripped(b"HTTP/1.1 100 Continue\r\n\r\n" * 500), id="interim answers dripped"),
        pytest.param(dripped(HEAD % b"200 OK" + b"Content-Length: 9000\r\n\r\n" + b" " * 9000), id="all dripped"),
        pytest.param(endless(HEAD % b"200 OK" + b"\r\n", b""), id="head, then nothing"),
    ],
)
def test_one_deadline_holds_from_the_first_byte_to_the_last(raw: Raw) -> None:
    with OpenAIServer([Reply(raw=raw)]) as server:
        failure = refusal(server)
    assert failure.fault is Fault.NETWORK
    assert "within 0.5 s" in failure.reason


def test_a_server_that_takes_the_question_a_little_at_a_time_gains_no_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        def sip() -> None:
            connection, _ = listener.accept()
            with closing(connection):
                while connection.recv(4096):
                    time.sleep(0.05)

        threading.Thread(target=sip, daemon=True).start()
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        assert refusal(base_url, text="long " * 2_000_000).fault is Fault.NETWORK


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_tls_handshake_that_never_ends_ends_at_the_deadline(mute: int) -> None:
    assert refusal(f"https://127.0.0.1:{mute}/v1").fault is Fault.NETWORK


@pytest.mark.parametrize(
    ("raw", "fault", "says"),
    [
        pytest.param(
            endless(HEAD % b"200 OK" + b"\r\n", b" " * 60_000), Fault.REPLY, "over 1 MB", id="an endless reply"
        ),
        pytest.param(bomb(b"200 OK"), Fault.REPLY, "over 1 MB", id="a bomb"),
        pytest.param(bomb(b"503 Busy"), Fault.NETWORK, "answered 503", id="a bomb in an error"),
        pytest.param(
            endless(HEAD % b"500 Oops" + b"\r\n", b"x" * 60_000), Fault.NETWORK, "answered 500", id="an endless error"
        ),
        pytest.param(error_dripped, Fault.REFUSED, "refused the key", id="an error dripped"),
    ],
)
def test_no_more_is_read_or_inflated_than_the_cap(raw: Raw, fault: Fault, says: str) -> None:
    with OpenAIServer([Reply(raw=raw)]) as server:
        tracemalloc.start()
        failure = refusal(server, deadline_s=1.0 if raw is error_dripped else 20.0)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert failure.fault is fault
    assert says in failure.reason
    assert peak < 20_000_000


def test_of_an_error_only_the_beginning_is_read_and_what_matters_stands_there() -> None:
    said = json.dumps({"error": {"message": "pay", "code": "insufficient_quota", "more": "x" * 2 * MAX_ERROR_BYTES}})
    with OpenAIServer([Reply(status=429, body=said.encode()), error(429, "pay", code="insufficient_quota")]) as server:
        assert refusal(server).fault is Fault.RATE  # cut off, it is no JSON any more
        assert refusal(server).fault is Fault.REFUSED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_material_is_sent_nowhere_else(status: int) -> None:
    with OpenAIServer([GOOD]) as other:
        target = f"{other.base_url}/chat/completions"
        with OpenAIServer([Reply(status=status, headers={"Location": target})]) as server:
            failure = refusal(server)
        assert other.requests == []
    assert failure.fault is Fault.REFUSED
    assert failure.wait_s > 0
    assert target in failure.reason and "OPENAI_BASE_URL" in failure.reason


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIServer([GOOD]) as proxy, OpenAIServer([GOOD]) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base_url.removesuffix("/v1"))
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        assert ask(server)
        assert proxy.requests == []


def test_compression_that_nobody_asked_for_is_undone_where_that_is_simple() -> None:
    squeezed = Reply(body=gzip.compress(GOOD.body), headers={"Content-Encoding": "gzip"})
    odd = Reply(body=GOOD.body, headers={"Content-Encoding": "br"})
    false = Reply(body=GOOD.body, headers={"Content-Encoding": "gzip"})
    with OpenAIServer([squeezed, odd, false]) as server:
        assert ask(server) == json.loads(GOOD.body)
        assert "'br'" in refusal(server).reason
        assert "damaged" in refusal(server).reason


def test_a_slow_but_whole_answer_within_the_deadline_is_taken() -> None:
    with OpenAIServer([Reply(body=b'{"a": "slow"}', drip_s=0.02)]) as server:
        assert ask(server, deadline_s=20.0) == {"a": "slow"}


def test_a_name_that_nobody_knows_and_a_port_where_nobody_listens() -> None:
    assert "was not found" in refusal("http://nowhere.invalid/v1", deadline_s=20.0).reason
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "no connection" in refusal(f"http://127.0.0.1:{port}/v1").reason


def test_what_is_not_http_is_told() -> None:
    with OpenAIServer([Reply(raw=lambda connection, _: connection.sendall(b"SSH-2.0-server\r\n"))]) as server:
        assert "broke off" in refusal(server).reason
    with OpenAIServer([Reply(body=b"{")]) as server, pytest.raises(BadReply):
        ask(server)

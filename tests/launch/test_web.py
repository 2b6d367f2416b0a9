"""The web server's worker: half-sent requests, more of them than threads, keep nobody out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from newsdesk.launch.web import MAX_LOOK_BYTES, wanted_bytes
from tests.suite import ROOT

THREADS = 2
HALVES = 3 * THREADS
SITE = """
from newsdesk.launch import web

web.HEAD_S = 5.0

def application(environ, start_response):
    said = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said) + 2))])
    return [b"ok" + said]
"""
HEAD = b"GET / HTTP/1.1\r\nHost: news.example.org\r\n"
POST = b"POST / HTTP/1.1\r\nHost: news.example.org\r\nContent-Length: %d\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a site that says "ok" and what it was sent, served by our worker with two threads."""
    folder: Path = tmp_path_factory.mktemp("site")
    (folder / "told.py").write_text(SITE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "told", "--chdir", str(folder), "--threads", str(THREADS)),
            *("--bind", f"fd://{listener.fileno()}", "--worker-class", "newsdesk.launch.web.Worker"),
            *("--no-control-socket", "--worker-tmp-dir", str(folder), "--graceful-timeout", "1"),
        ]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        server = subprocess.Popen(command, pass_fds=[listener.fileno()], env=environment, stderr=subprocess.DEVNULL)
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(20)


def connect(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(sent)
    return connection


def answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    while piece := connection.recv(65_536):
        found += piece
    return found


def ask(port: int, sent: bytes = HEAD + b"\r\n") -> bytes:
    with connect(port, sent) as connection:
        return answer(connection)


@pytest.mark.parametrize(
    ("half", "is_all_half"),
    [
        pytest.param(HEAD, True, id="half a head"),
        pytest.param(b"G", True, id="a letter"),
        pytest.param(POST % 20 + b"\r\nname=", True, id="half a form"),
        pytest.param(b"", True, id="nothing"),
        pytest.param(HEAD + b"\r\n" + HEAD, False, id="one and a half"),
    ],
)
def test_more_half_requests_than_threads_keep_nobody_out(port: int, half: bytes, is_all_half: bool) -> None:
    assert ask(port).endswith(b"ok")  # it is up
    with ExitStack() as held:
        halves = [held.enter_context(connect(port, half)) for _ in range(HALVES)]
        assert ask(port).endswith(b"ok")
        assert ask(port, POST % 4 + b"\r\nform").endswith(b"okform")
        for connection in halves if is_all_half else ():  # which it still waits for
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_a_half_request_is_given_up_in_time(port: int) -> None:
    with connect(port, HEAD) as connection, suppress(ConnectionResetError):
        assert answer(connection) == b""


def test_a_request_that_comes_in_pieces_is_answered(port: int) -> None:
    whole = POST % 6 + (b"X-Pad: " + b"x" * 4000 + b"\r\n") * 3 + b"\r\nabcdef"
    with connect(port) as connection:
        for start in range(0, len(whole), 2000):
            connection.sendall(whole[start : start + 2000])
            time.sleep(0.02)
        assert answer(connection).endswith(b"okabcdef")


def test_a_large_body_goes_to_a_thread_with_its_head(port: int) -> None:
    body = b"x" * 3 * MAX_LOOK_BYTES
    with connect(port, POST % len(body) + b"\r\n") as connection:
        connection.sendall(body)
        assert answer(connection).endswith(b"ok" + body)


def test_a_client_that_waits_to_be_asked_for_its_body_is(port: int) -> None:
    with connect(port, POST % 4 + b"Expect: 100-continue\r\n\r\n") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"form")
        assert answer(connection).endswith(b"okform")


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (b"", 1),
        (b"GET / HTTP/1.1\r\n", 17),
        (HEAD + b"\r\n", len(HEAD) + 2),
        (HEAD + b"\r\nmore", len(HEAD) + 2),
        (POST % 20 + b"\r\n", len(POST % 20) + 22),
        (POST % 20 + b"\r\nContent-Length: 99\r\n\r\n", len(POST % 20) + 22),
        (POST % 100_000 + b"\r\n", len(POST % 100_000) + 2),
        (POST % 20 + b"Expect: 100-continue\r\n\r\n", len(POST % 20) + 24),
        (b"nonsense\r\n\r\n", 12),
    ],
)
def test_how_much_must_have_come(seen: bytes, wanted: int) -> None:
    assert wanted_bytes(seen) == wanted

"""A publisher on 127.0.0.1: serves what a test tells it to, misbehaves on request, and remembers who asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import pytest


@dataclass(frozen=True)
class Request:
    """What was asked: `path` with the query, `headers` by lower-case name, what was posted."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """A well-formed answer; with `etag` or `last_modified` a matching conditional request gets a 304.

    `chunks`, if given, are sent instead of `body` with no Content-Length, until the client goes away.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    last_modified: str = ""
    chunks: Iterable[bytes] | None = None

    def is_unchanged_for(self, request: Request) -> bool:
        """Whether the validators the client sent are this reply's own."""
        if "if-none-match" in request.headers:
            return bool(self.etag) and request.headers["if-none-match"] == self.etag
        return bool(self.last_modified) and request.headers.get("if-modified-since") == self.last_modified


@dataclass(frozen=True)
class Raw:
    """An answer written by hand: gets the socket once the request is read, and an event set when the server stops."""

    write: Callable[[socket.socket, threading.Event], None]


Route = bytes | Reply | Raw | Callable[[Request], "bytes | Reply | Raw"]


def redirect(location: str, status: int = 302) -> Reply:
    """A redirect to a URL or path."""
    return Reply(status=status, headers=(("Location", location),))


def drip(data: bytes, every_s: float, *, head: bytes = b"") -> Raw:
    """Send `head` at once, then `data` byte by byte with a pause after each."""

    def write(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(head)
        for byte in data:
            connection.sendall(bytes([byte]))
            if stopped.wait(every_s):
                return

    return Raw(write)


def silence() -> Raw:
    """Accept, read the request, and never answer."""
    return Raw(lambda connection, stopped: stopped.wait() and None)


@dataclass
class Publisher:
    """A threaded HTTP server on a free port of 127.0.0.1, with TLS if given a context; use it in a `with` block.

    `routes` maps a path (without query) to what is served there and may be changed at any time; `requests` holds
    every request in order; `connections` counts accepted connections, before anything is read.
    """

    routes: dict[str, Route] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """The host:port to exempt from the address guard."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """The full URL of a path."""
        return f"{'https' if self.tls else 'http'}://{self.address}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Reply | Raw:
        """What is served for a request; 404 where there is no route."""
        self.requests.append(request)
        route = self.routes.get(request.path.partition("?")[0], Reply(b"Not found", status=404))
        if callable(route):
            route = route(request)
        return Reply(route) if isinstance(route, bytes) else route

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def stopped(self) -> threading.Event:
        """Set when the server stops, so that slow answers end with it."""
        return self._stopped


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, client = super().get_request()
        self.publisher.connections += 1
        return connection, client

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        # The TLS handshake belongs in the connection's own thread, not in the accepting one.
        if self.publisher.tls:
            with self.publisher.tls.wrap_socket(request, server_side=True) as encrypted:
                super().finish_request(encrypted, client_address)  # type: ignore[arg-type]
        else:
            super().finish_request(request, client_address)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.do_GET(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self, body: bytes = b"") -> None:
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        reply = self.server.publisher.answer(request)
        self.close_connection = True
        with contextlib.suppress(OSError):
            if isinstance(reply, Raw):
                reply.write(self.connection, self.server.publisher.stopped)
            else:
                self._send(request, reply)

    def _send(self, request: Request, reply: Reply) -> None:
        is_unchanged = reply.is_unchanged_for(request)
        self.send_response_only(304 if is_unchanged else reply.status)
        self.send_header("Connection", "close")
        for name, value in (("ETag", reply.etag), ("Last-Modified", reply.last_modified), *reply.headers):
            if value:
                self.send_header(name, value)
        if not is_unchanged:
            self.send_header("Content-Type", reply.content_type)
            if reply.chunks is None:
                self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if not is_unchanged:
            for piece in (reply.body,) if reply.chunks is None else reply.chunks:
                self.wfile.write(piece)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Tests look at `requests`, not at a log."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A running publisher with no routes yet."""
    with Publisher() as running:
        yield running

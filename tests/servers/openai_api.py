"""A loopback server that speaks the OpenAI protocol: replies are scripted, requests are kept."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Reply:
    """One scripted HTTP reply; `reset` drops the connection, `drip_s` sends the body a byte at a time.

    `raw` is handed the socket, and an event that is set when the server stops, and does as it likes.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    cut_after_bytes: int | None = None
    drip_s: float = 0.0
    raw: Callable[[socket.socket, threading.Event], None] | None = None


def chat(content: Any, *, finish: str = "stop", tokens: tuple[int, int] | None = (100, 50), **message: Any) -> Reply:
    """A chat completion that says `content` (a string, or anything that becomes JSON)."""
    text = content if isinstance(content, str | None) else json.dumps(content)
    payload: dict[str, Any] = {
        "id": "c1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    if tokens:
        payload["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return Reply(body=json.dumps(payload).encode())


def vectors(rows: Any, *, tokens: int | None = 10, reverse: bool = False) -> Reply:
    """An embeddings reply with these vectors, in or against the order in which they were asked for."""
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    payload: dict[str, Any] = {"object": "list", "model": "m", "data": data[::-1] if reverse else data}
    if tokens is not None:
        payload["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
    return Reply(body=json.dumps(payload).encode())


def embed_letters(request: dict[str, Any]) -> Reply:
    """What a server might answer: how often each letter stands in a text is the text's vector."""
    return vectors([[1.0 + text.lower().count(letter) for letter in LETTERS] for text in request["input"]])


def error(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """An error in the protocol's form; header names take `_` for `-`."""
    body = json.dumps({"error": {"message": message, "type": "x", "code": code}}).encode()
    return Reply(status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def drip(connection: socket.socket, data: bytes, pause_s: float, stopping: threading.Event) -> None:
    """Send a byte at a time."""
    for byte in data:
        if stopping.wait(pause_s):
            return
        connection.sendall(bytes([byte]))


Script = list[Reply] | Callable[[dict[str, Any]], Reply]


class OpenAIServer:
    """`with OpenAIServer(script) as server`: replies in order (the last repeats), or a function of the request."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        outer = self
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    outer.requests.append(request)
                    outer.keys.append(self.headers.get("Authorization", ""))
                    number = len(outer.requests) - 1
                if self.path not in ("/v1/chat/completions", "/v1/embeddings"):
                    reply = error(404, "no such route")
                elif callable(outer.script):
                    reply = outer.script(request)
                else:
                    reply = outer.script[min(number, len(outer.script) - 1)]
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                if reply.raw:
                    self.close_connection = True
                    with contextlib.suppress(OSError):  # whoever asked has gone
                        reply.raw(self.connection, outer.stopping)
                    return
                if reply.reset:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if reply.drip_s:
                    self.close_connection = True
                    with contextlib.suppress(OSError):
                        drip(self.connection, reply.body, reply.drip_s, outer.stopping)
                    return
                self.wfile.write(reply.body[: reply.cut_after_bytes])
                if reply.cut_after_bytes is not None:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> OpenAIServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

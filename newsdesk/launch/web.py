"""The web server's worker: gunicorn's threads, none of which waits for a request that is still on its way.

gunicorn's own gives a connection to a thread with its first byte and lets it wait for the rest for ever: as many
half-sent requests as there are threads keep everybody out. Here the main loop waits, for any number of them, and looks
at what has come without taking it; a thread gets the connection when the request's head and a form's body are there.
Behind a proxy that buffers requests it changes nothing.
"""

from __future__ import annotations

import re
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# For a whole head, and a body of a form's size with it. A phone on a bad line needs a second or two.
HEAD_S = 10.0
# What is looked at of a request; a head that has not ended by then never does. Browsers send 2 kB, our forms 1 kB.
MAX_LOOK_BYTES = 32_768
# How long a thread waits for more of a larger body, or for somebody to take some of an answer.
PAUSE_S = 10.0
# How long a client that has its answer may take to close.
LINGER_S = 2.0

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def wanted_bytes(seen: bytes) -> int:
    """How many bytes must have come before a thread can do its work; one more than `seen` where nobody can tell yet."""
    end = seen.find(_END_OF_HEAD)
    if end < 0:
        return len(seen) + 1
    head_bytes = end + len(_END_OF_HEAD)
    length = _LENGTH.search(seen, 0, head_bytes)
    if length is None or _EXPECT.search(seen, 0, head_bytes):  # who expects an answer first sends nothing before it
        return head_bytes
    whole = head_bytes + int(length[1])
    return whole if whole <= MAX_LOOK_BYTES else head_bytes


class _Connection(TConn):  # type: ignore[misc]
    """A connection whose thread never waits for ever."""

    def init(self) -> None:
        super().init()
        self.sock.settimeout(PAUSE_S)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's gthread, for plain HTTP/1; one request a connection, so that none can hide behind another."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cfg.set("keepalive", 0)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request in the main loop."""
        try:
            client, address = listener.accept()
        except OSError:  # whoever it was has gone, or another worker was quicker
            return
        self.nr_conns += 1
        connection = _Connection(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + HEAD_S
        connection.data_ready = True
        self.pending_conns.append(connection)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Hand the connection to a thread if its request is there; else hear of it again when more has come."""
        try:
            before = client.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)
            seen = client.recv(MAX_LOOK_BYTES, socket.MSG_PEEK)
            wanted = wanted_bytes(seen)
            is_whole = len(seen) >= wanted
            # Told of although it is less than was asked for: the client has said its last word.
            if not is_whole and len(seen) >= before and wanted <= MAX_LOOK_BYTES:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
                return
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        except BlockingIOError:
            return
        except OSError:
            is_whole = False
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if is_whole:
            self.enqueue_req(conn)
        else:
            self.nr_conns -= 1
            conn.close()

    def finish_request(self, conn: TConn, _answered: object) -> None:
        """Say that the answer is whole, and close when the client has done so, or soon: in the loop, not in a wait.

        Closed at once, what the client still sends would make its system throw the answer's end away (RFC 9112, 9.6).
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + LINGER_S
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Throw away what comes behind a request, until the client closes."""
        try:
            if client.recv(MAX_LOOK_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:  # reset
            pass
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()

"""A real mail server on 127.0.0.1 that misbehaves as it is told and keeps what it accepted."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pytest

TLS = Path(__file__).resolve().parents[1] / "data" / "tls"


@dataclass(frozen=True)
class Accepted:
    """A mail as it was taken: `data` with its dots undone, CRLF line ends."""

    mail_from: str
    to: str
    data: bytes


@dataclass
class Rule:
    """What happens at a stage instead of the friendly answer, for one recipient or any, so many times or always."""

    stage: str
    action: Callable[[], str | None]
    to: str = ""
    times: int = -1


@dataclass
class Conversation:
    """What one connection has said so far."""

    reader: BinaryIO
    connection: socket.socket
    mail_from: str = ""
    to: str = ""

    def say(self, reply: str) -> None:
        self.connection.sendall(reply.encode() + b"\r\n")


class Dropped(Exception):
    """The server ends this connection."""


@dataclass
class SmtpServer:
    """One thread a connection.

    Stages: `connect`, `ehlo`, `auth`, `mail`, `rcpt`, `data` (the command), `body` (after the mail's first line), `dot`
    (after the final dot). A reply that begins with 2 at `dot` accepts the mail, as the friendly answer does.
    """

    user: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None
    accepted: list[Accepted] = field(default_factory=list)
    conversations: int = 0
    commands: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def refuse(self, stage: str, reply: str, *, to: str = "", times: int = -1) -> None:
        """Answer with this reply there."""
        self.rules.append(Rule(stage, lambda: reply, to, times))

    def drop(self, stage: str, *, to: str = "", times: int = -1) -> None:
        """End the connection there; at `dot` the mail has been kept."""
        self.rules.append(Rule(stage, lambda: None, to, times))

    def hang(self, stage: str, *, to: str = "", times: int = -1) -> None:
        """Say nothing until the server is closed, then end the connection."""

        def wait() -> None:
            self._closed.wait()

        self.rules.append(Rule(stage, wait, to, times))

    def call(self, stage: str, function: Callable[[], object], *, to: str = "", times: int = -1) -> None:
        """Call a function there, then go on as if nothing were."""

        def act() -> str:
            function()
            return ""

        self.rules.append(Rule(stage, act, to, times))

    def behave(self) -> None:
        """Forget every rule."""
        self.rules.clear()

    def received(self) -> Counter[str]:
        """How many mails each address got."""
        with self._lock:
            return Counter(mail.to for mail in self.accepted)

    def close(self) -> None:
        """Refuse connections from now on, and end those that are open."""
        self._closed.set()
        self._socket.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        self.conversations += 1
        self._open.add(connection)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Whoever goes away in the middle of a word, we or the client, ends the conversation and nothing else.
        talk = Conversation(connection.makefile("rb"), connection)
        with contextlib.suppress(Dropped, OSError, ValueError):
            self._answer(talk, "connect", "220 mail.example ready")
            while line := talk.reader.readline():
                command = line.decode("utf-8", "replace").strip()
                self.commands.append(command)
                self._obey(talk, command)
        self._open.discard(talk.connection)
        # A plain close would wait for the client while the reader still holds the socket.
        with contextlib.suppress(OSError):
            talk.connection.shutdown(socket.SHUT_RDWR)
        talk.connection.close()

    def _obey(self, talk: Conversation, command: str) -> None:
        match command.upper().split()[:1]:
            case ["EHLO" | "HELO"]:
                extensions = ["8BITMIME", *(["AUTH PLAIN LOGIN"] if self.user else []), "ENHANCEDSTATUSCODES"]
                if self.tls and not isinstance(talk.connection, ssl.SSLSocket):
                    extensions.insert(0, "STARTTLS")
                lines = ["250-mail.example", *(f"250-{name}" for name in extensions[:-1]), f"250 {extensions[-1]}"]
                self._answer(talk, "ehlo", "\r\n".join(lines))
            case ["STARTTLS"] if self.tls:
                talk.say("220 go ahead")
                talk.connection = self.tls.wrap_socket(talk.connection, server_side=True)
                talk.reader = talk.connection.makefile("rb")
            case ["AUTH"]:
                told = base64.b64decode(command.split()[2]).decode().split("\0") if command.count(" ") > 1 else []
                is_right = told[1:] == [self.user, self.password]
                self._answer(talk, "auth", "235 2.7.0 welcome" if is_right else "535 5.7.8 wrong user or password")
            case ["MAIL"]:
                talk.mail_from, talk.to = command.partition("<")[2].partition(">")[0], ""
                self._answer(talk, "mail", "250 2.1.0 ok")
            case ["RCPT"]:
                talk.to = command.partition("<")[2].partition(">")[0]
                self._answer(talk, "rcpt", "250 2.1.5 ok")
            case ["DATA"]:
                if self._answer(talk, "data", "354 go ahead").startswith("354"):
                    self._take(talk)
            case ["QUIT"]:
                talk.say("221 bye")
                raise Dropped
            case _:
                talk.say("250 2.0.0 ok")

    def _take(self, talk: Conversation) -> None:
        lines = [talk.reader.readline()]
        if (reply := self._reply(talk, "body")) is not None:
            if not reply:
                raise Dropped
            talk.say(reply)
            raise Dropped
        while lines[-1] != b".\r\n":
            if not lines[-1]:
                raise Dropped
            lines.append(talk.reader.readline())
        mail = Accepted(talk.mail_from, talk.to, b"".join(line.removeprefix(b".") for line in lines[:-1]))
        reply = self._reply(talk, "dot")
        if not reply or reply.startswith("2"):
            with self._lock:
                self.accepted.append(mail)
        if reply == "":
            raise Dropped
        talk.say(reply or "250 2.0.0 queued")

    def _answer(self, talk: Conversation, stage: str, friendly: str) -> str:
        reply = self._reply(talk, stage)
        if reply == "":
            raise Dropped
        reply = reply or friendly
        talk.say(reply)
        if reply.startswith("421"):
            raise Dropped
        return reply

    def _reply(self, talk: Conversation, stage: str) -> str | None:
        """The reply that a rule gives; "" where it ends the connection, None where no rule applies."""
        with self._lock:
            rule = next(
                (one for one in self.rules if one.stage == stage and one.times != 0 and one.to in ("", talk.to)), None
            )
            if rule is None:
                return None
            rule.times -= 1
        given = rule.action()
        return "" if given is None else given or None


def tls_context() -> ssl.SSLContext:
    """A server's side of TLS, for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "valid.pem")
    return context


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A server that means well, until it is told otherwise."""
    server = SmtpServer()
    yield server
    server.close()

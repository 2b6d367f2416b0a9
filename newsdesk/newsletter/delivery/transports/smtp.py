"""Mails by SMTP: one connection for many mails, opened again where it was lost; every step has an end in time.

DATA is written here and not by smtplib, so that it is known whether the final dot had gone out when a connection is
lost: before it the server has nothing, after it nobody knows.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import time

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from newsdesk.newsletter.delivery.outcome import Kind, Outcome, Stage, is_closing, judge_loss, judge_reply

# For one mail up to its final dot, connecting included, and for the answer to the dot: RFC 5321 (4.5.3.2.6) would wait
# ten minutes for that, but the sender's lease has to outlast it.
MAIL_S = 60.0
FINAL_REPLY_S = 120.0
# Each, where a page waits for it.
WATCHED_S = 10.0
CHUNK_BYTES = 65_536


class SmtpTransport:
    """Sends through one mail server; a lost connection is opened again for the next mail."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        starttls: bool = False,
        tls: bool = False,
        timeout_s: float = 20.0,
        mail_s: float = MAIL_S,
        final_reply_s: float = FINAL_REPLY_S,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._address = host, port
        self._login = user, password
        self._starttls, self._tls = starttls, tls
        self._timeout_s, self._mail_s, self._final_reply_s = timeout_s, mail_s, final_reply_s
        self._context = context or ssl.create_default_context()
        self._connection: _Connection | _TlsConnection | None = None

    @classmethod
    def from_settings(cls, *, is_watched: bool = False) -> SmtpTransport:
        """To the server that EMAIL_URL names."""
        return cls(
            settings.EMAIL_HOST,
            settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER or "",
            password=settings.EMAIL_HOST_PASSWORD or "",
            starttls=settings.EMAIL_USE_TLS,
            tls=settings.EMAIL_USE_SSL,
            timeout_s=settings.EMAIL_TIMEOUT or 20.0,
            mail_s=WATCHED_S if is_watched else MAIL_S,
            final_reply_s=WATCHED_S if is_watched else FINAL_REPLY_S,
        )

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        """Send it; where a connection kept from the last mail turns out to be dead, once more on a new one."""
        deadline = time.monotonic() + self._mail_s
        if self._connection is not None:
            outcome = self._converse(self._connection, deadline, mail_from, to, message)
            if outcome.is_about_mail or outcome.kind != Kind.AWAY:
                return outcome
            self._drop()
        try:
            self._connection = self._open(deadline)
        except _Refused as error:
            return error.outcome
        return self._converse(self._connection, deadline, mail_from, to, message)

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        if self._connection is not None:
            self._connection.deadline = time.monotonic() + 2.0
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _open(self, deadline: float) -> _Connection | _TlsConnection:
        stage = Stage.CONNECT
        connection: _Connection | _TlsConnection | None = None
        try:
            name = DNS_NAME.get_fqdn()
            if self._tls:
                connection = _TlsConnection(local_hostname=name, timeout=self._timeout_s, context=self._context)
            else:
                connection = _Connection(local_hostname=name, timeout=self._timeout_s)
            connection.deadline, connection.step_s = deadline, self._timeout_s
            connection._host = self._address[0]  # what certificates are checked against
            code, text = connection.connect(*self._address)
            if code != 220:
                raise _Refused(judge_reply(Stage.CONNECT, code, _words(text)))
            assert connection.sock is not None
            # The dot follows the mail in a packet of its own, which must not wait for the last one's receipt.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.ehlo_or_helo_if_needed()
            stage = Stage.LOGIN
            if self._starttls:
                connection.starttls(context=self._context)
                connection.ehlo_or_helo_if_needed()
            if all(self._login):
                connection.login(*self._login)
        except (smtplib.SMTPException, OSError, _Refused) as error:
            if connection is not None:
                connection.close()
            raise error if isinstance(error, _Refused) else _Refused(_judge_error(stage, error)) from error
        return connection

    def _converse(
        self, connection: _Connection | _TlsConnection, deadline: float, mail_from: str, to: str, message: bytes
    ) -> Outcome:
        """One mail on an open connection, which is dropped unless it stays usable."""
        connection.deadline = deadline
        stage = Stage.SENDER
        try:
            has_8bit = not message.isascii() and connection.has_extn("8bitmime")
            code, text = connection.mail(mail_from, ["BODY=8BITMIME"] if has_8bit else ())
            if 200 <= code < 300:
                stage = Stage.RECIPIENT
                code, text = connection.rcpt(to)
            if 200 <= code < 300 and stage == Stage.RECIPIENT:
                stage = Stage.DATA
                code, text = connection.docmd("DATA")
            if code == 354 and stage == Stage.DATA:
                connection.send(_dot_stuffed(message))
                connection.deadline = time.monotonic() + self._final_reply_s
                connection.step_s = self._final_reply_s
                stage = Stage.FINAL
                connection.send(b".\r\n")
                code, text = connection.getreply()
                connection.step_s = self._timeout_s
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return _judge_error(stage, error)
        outcome = judge_reply(stage, code, _words(text))
        if is_closing(code) or outcome.kind in (Kind.AWAY, Kind.UNKNOWN):
            self._drop()
        elif stage < Stage.FINAL:
            try:
                connection.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()
        return outcome


class _Refused(Exception):
    """The connection could not be made usable."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome


class _Deadline(smtplib.SMTP):
    """smtplib's timeouts hold for each operation; here everything up to `deadline` (monotonic) has one end."""

    deadline = 0.0
    step_s = 20.0
    _host: str

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        for start in range(0, len(data), CHUNK_BYTES):
            self.limit()
            super().send(data[start : start + CHUNK_BYTES])

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Lines(self)
        return super().getreply()

    def limit(self) -> None:
        """Let the next operation on the socket end in time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("The server was too slow.")
        if self.sock is not None:
            self.sock.settimeout(min(left, self.step_s))


class _Connection(_Deadline):
    pass


class _TlsConnection(_Deadline, smtplib.SMTP_SSL):
    pass


class _Lines:
    """A server's lines, read so that one byte at a time does not last for ever; smtplib's `file`."""

    def __init__(self, connection: _Deadline) -> None:
        self._connection = connection
        self._read = b""

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self._read and len(self._read) < limit:
            self._connection.limit()
            if self._connection.sock is None:
                return b""
            received = self._connection.sock.recv(4096)
            if not received:
                break
            self._read += received
        end = self._read.find(b"\n") + 1 or len(self._read)
        line, self._read = self._read[: min(end, limit)], self._read[min(end, limit) :]
        return line

    def close(self) -> None:
        """The socket is closed by itself."""


def _judge_error(stage: Stage, error: Exception) -> Outcome:
    """What an exception of smtplib or of the socket means."""
    if isinstance(error, smtplib.SMTPResponseException) and stage < Stage.FINAL:
        return judge_reply(stage, error.smtp_code, _words(error.smtp_error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(Kind.BLOCKED, str(error), is_about_mail=False)
    if not isinstance(error, OSError):  # a line break in an address
        return Outcome(Kind.REFUSED, str(error))
    return judge_loss(stage, str(error) or type(error).__name__)


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _dot_stuffed(message: bytes) -> bytes:
    """The message with CRLF line ends, lines that begin with a dot doubled (RFC 5321, 4.5.2), a line end at its end."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    return (b"\n" + lines).replace(b"\n.", b"\n..").replace(b"\n", b"\r\n")[2:] + b"\r\n"

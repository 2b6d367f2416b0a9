"""How mails leave the house, against servers that misbehave."""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.transports import choose_transport
from newsdesk.newsletter.delivery.transports.console import ConsoleTransport
from newsdesk.newsletter.delivery.transports.files import FilesTransport
from newsdesk.newsletter.delivery.transports.service import ServiceTransport
from newsdesk.newsletter.delivery.transports.smtp import SmtpTransport
from tests.servers.smtp import TLS, SmtpServer, tls_context

SENDER, ADA, BEA = "desk@news.example", "ada@example.org", "bea@example.org"
MESSAGE = (
    b"From: Desk <desk@news.example>\r\nTo: ada@example.org\r\nSubject: Cranes\r\nMessage-ID: <m1@news.example>\r\n"
    b"Date: Wed, 25 Mar 2026 07:00:00 +0000\r\nList-Unsubscribe: <https://news.example/u>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="=_b"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n'
    b".a dot, and\r\n..two\r\n.\r\nthe end\r\n--=_b\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--=_b--\r\n"
)


@pytest.fixture
def transport(smtp_server: SmtpServer) -> Iterator[SmtpTransport]:
    # A friendly answer comes in milliseconds; on a busy machine it has time to.
    made = SmtpTransport("127.0.0.1", smtp_server.port, timeout_s=2.0, mail_s=8.0, final_reply_s=2.0)
    yield made
    made.close()


def send(transport: Any, to: str = ADA, message: bytes = MESSAGE) -> Outcome:
    return transport.send(SENDER, to, message)


def test_a_mail_arrives_byte_for_byte(smtp_server: SmtpServer, transport: SmtpTransport) -> None:
    assert send(transport) == Outcome(Kind.SENT, "250 2.0.0 queued")
    (mail,) = smtp_server.accepted
    assert (mail.mail_from, mail.to, mail.data) == (SENDER, ADA, MESSAGE)


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        (b"A: b\n\nbare\nlines", b"A: b\r\n\r\nbare\r\nlines\r\n"),
        (b"A: b\r\n\r\nsmuggled\r.\rMAIL FROM:<x@y>\r\n", b"A: b\r\n\r\nsmuggled\r\n.\r\nMAIL FROM:<x@y>\r\n"),
        (b".A: b\r\n\r\n" + "é".encode(), b".A: b\r\n\r\n" + "é".encode() + b"\r\n"),
    ],
)
def test_whatever_it_holds_a_mail_is_one_mail(
    smtp_server: SmtpServer,
    transport: SmtpTransport,
    written: bytes,
    arrives: bytes,
) -> None:
    assert send(transport, message=written).kind == Kind.SENT
    assert [mail.data for mail in smtp_server.accepted] == [arrives]


def test_many_mails_share_one_connection(smtp_server: SmtpServer, transport: SmtpTransport) -> None:
    assert {send(transport, to=f"n{n}@example.org").kind for n in range(20)} == {Kind.SENT}
    assert smtp_server.conversations == 1
    assert len(smtp_server.accepted) == 20


@pytest.mark.parametrize("reply", ["550 5.1.1 unknown", "450 4.2.0 later", "550 5.7.1 blocked"])
@pytest.mark.parametrize("stage", ["rcpt", "data", "dot"])
def test_one_refused_recipient_does_not_stop_the_next(
    smtp_server: SmtpServer,
    transport: SmtpTransport,
    stage: str,
    reply: str,
) -> None:
    smtp_server.refuse(stage, reply, to=ADA)
    outcome = send(transport)
    assert outcome.kind in (Kind.NO_MAILBOX, Kind.LATER, Kind.BLOCKED)
    assert (outcome.reply, outcome.is_about_mail) == (reply, True)
    assert send(transport, to=BEA).kind == Kind.SENT
    assert smtp_server.received() == {BEA: 1}
    assert smtp_server.conversations == 1


@pytest.mark.parametrize(
    ("stage", "reply", "kind"),
    [
        ("connect", "554 go away", Kind.BLOCKED),
        ("connect", "421 busy", Kind.AWAY),
        ("mail", "550 5.7.1 sender refused", Kind.BLOCKED),
        ("mail", "451 4.7.1 slow down", Kind.AWAY),
    ],
)
def test_what_is_said_before_the_recipient_is_about_us(
    smtp_server: SmtpServer,
    transport: SmtpTransport,
    stage: str,
    reply: str,
    kind: Kind,
) -> None:
    smtp_server.refuse(stage, reply)
    outcome = send(transport)
    assert (outcome.kind, outcome.is_about_mail, outcome.reply) == (kind, False, reply)


@pytest.mark.parametrize(
    ("stage", "is_about_mail"), [("connect", False), ("ehlo", False), ("mail", False), ("rcpt", True), ("data", True)]
)
@pytest.mark.parametrize("how", ["drop", "hang"])
def test_before_the_mail_nothing_has_left(
    smtp_server: SmtpServer,
    transport: SmtpTransport,
    stage: str,
    is_about_mail: bool,
    how: str,
) -> None:
    smtp_server.drop(stage) if how == "drop" else smtp_server.hang(stage)
    outcome = send(transport)
    assert (outcome.kind, outcome.is_about_mail) == (Kind.AWAY, is_about_mail)
    smtp_server.behave()
    assert send(transport).kind == Kind.SENT
    assert smtp_server.received() == {ADA: 1}


def test_a_connection_lost_within_the_mail_is_safe_to_repeat(smtp_server: SmtpServer, transport: SmtpTransport) -> None:
    smtp_server.drop("body", times=1)
    # The dot may have gone out before the loss is noticed only where all of the mail fits into the network's buffers.
    outcome = send(transport, message=MESSAGE + b"x" * 70 * 200_000)
    assert (outcome.kind, outcome.is_about_mail) == (Kind.AWAY, True)
    assert send(transport).kind == Kind.SENT
    assert smtp_server.received() == {ADA: 1}


@pytest.mark.parametrize("how", ["drop", "hang"])
def test_after_the_final_dot_nobody_knows(smtp_server: SmtpServer, transport: SmtpTransport, how: str) -> None:
    smtp_server.drop("dot", to=ADA) if how == "drop" else smtp_server.hang("dot", to=ADA)
    assert send(transport).kind == Kind.UNKNOWN
    assert send(transport, to=BEA).kind == Kind.SENT


def test_a_connection_that_went_stale_is_opened_again(smtp_server: SmtpServer, transport: SmtpTransport) -> None:
    assert send(transport).kind == Kind.SENT
    smtp_server.refuse("mail", "421 4.4.2 idle for too long", times=1)
    assert send(transport, to=BEA).kind == Kind.SENT
    smtp_server.drop("mail", times=1)
    assert send(transport, to="cy@example.org").kind == Kind.SENT
    assert smtp_server.conversations == 3
    assert set(smtp_server.received().values()) == {1}


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = send(SmtpTransport("127.0.0.1", port))
    assert (outcome.kind, outcome.is_about_mail) == (Kind.AWAY, False)
    assert "refused" in outcome.reply


def test_one_byte_at_a_time_does_not_last_for_ever() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listening.accept()
        with contextlib.suppress(OSError):  # the client has gone
            while True:
                connection.sendall(b"2")
                time.sleep(0.05)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    outcome = send(SmtpTransport("127.0.0.1", listening.getsockname()[1], timeout_s=1.0, mail_s=1.0))
    assert outcome.kind == Kind.AWAY
    thread.join(10)
    assert not thread.is_alive()
    listening.close()


@pytest.mark.parametrize(("password", "kind"), [("right", Kind.SENT), ("wrong", Kind.BLOCKED)])
def test_logging_in(password: str, kind: Kind) -> None:
    server = SmtpServer(user="desk", password="right")
    transport = SmtpTransport("127.0.0.1", server.port, user="desk", password=password)
    outcome = send(transport)
    assert outcome.kind == kind
    assert "wrong user" in outcome.reply or kind == Kind.SENT
    transport.close()
    server.close()


def test_a_login_that_the_server_does_not_offer_pauses(smtp_server: SmtpServer) -> None:
    outcome = send(SmtpTransport("127.0.0.1", smtp_server.port, user="desk", password="right"))
    assert (outcome.kind, outcome.is_about_mail) == (Kind.BLOCKED, False)


def test_starttls_is_insisted_on() -> None:
    trusting = ssl.create_default_context(cafile=str(TLS / "authority.pem"))
    trusting.check_hostname = False
    server = SmtpServer(user="desk", password="right", tls=tls_context())
    transport = SmtpTransport("127.0.0.1", server.port, user="desk", password="right", starttls=True, context=trusting)
    assert [send(transport).kind, send(transport, to=BEA).kind] == [Kind.SENT, Kind.SENT]
    assert "AUTH" in " ".join(server.commands[server.commands.index("STARTTLS") :])
    transport.close()
    server.close()
    plain = SmtpServer()
    assert send(SmtpTransport("127.0.0.1", plain.port, starttls=True)).kind == Kind.BLOCKED
    plain.close()


def test_a_certificate_of_nobody_is_not_believed() -> None:
    server = SmtpServer(tls=tls_context())
    outcome = send(SmtpTransport("127.0.0.1", server.port, starttls=True))
    assert outcome.kind == Kind.AWAY
    assert "certificate" in outcome.reply.lower()
    assert server.accepted == []
    server.close()


def test_files_are_whole_private_and_named_by_date_and_message_id(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for _ in range(2):
        assert send(FilesTransport(folder)).kind == Kind.SENT
    (file,) = folder.iterdir()
    assert file.name == "20260325T070000Z-m1@news.example.eml"
    assert file.read_bytes() == MESSAGE
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_hostile_message_id_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    send(FilesTransport(folder), message=b"Message-ID: <../../x/\x00\xff y@z>\r\nDate: never\r\n\r\n")
    assert [path.name for path in folder.iterdir()] == ["undated-.._.._x_y@z.eml"]
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_a_folder_that_cannot_be_written_to_delays_everything(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be", encoding="utf-8")
    outcome = send(FilesTransport(tmp_path / "mail"))
    assert (outcome.kind, outcome.is_about_mail) == (Kind.AWAY, False)


def test_the_console_prints() -> None:
    stream = io.BytesIO()
    assert send(ConsoleTransport(stream)).kind == Kind.SENT
    assert b"Subject: Cranes\n" in stream.getvalue()


@pytest.mark.parametrize(
    ("backend", "esp", "kind"),
    [
        ("django.core.mail.backends.filebased.EmailBackend", "", FilesTransport),
        ("django.core.mail.backends.smtp.EmailBackend", "", SmtpTransport),
        ("django.core.mail.backends.console.EmailBackend", "", ConsoleTransport),
        ("django.core.mail.backends.smtp.EmailBackend", "postmark", ServiceTransport),
    ],
)
def test_settings_choose(settings: Any, backend: str, esp: str, kind: type) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_ESP = backend, esp
    assert type(choose_transport()) is kind

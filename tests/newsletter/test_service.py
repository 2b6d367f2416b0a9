"""Mails through a mail service: a real HTTP server that speaks Postmark's API, and misbehaves."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.transports.service import ServiceTransport
from tests.newsletter.test_transports import ADA, MESSAGE, SENDER

POSTMARK = "anymail.backends.postmark.EmailBackend"
ACCEPTED = {"ErrorCode": 0, "Message": "OK", "MessageID": "m", "SubmittedAt": "now", "To": ADA}


class Service:
    """Answers with this status and document; None: takes the request and ends the connection."""

    def __init__(self) -> None:
        self.status, self.answer, self.delay_s = 200, json.dumps(ACCEPTED), 0.0
        self.requests: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.requests.append(json.loads(body))
                time.sleep(service.delay_s)
                if service.status:
                    self.send_response(service.status)
                    self.end_headers()
                    self.wfile.write(service.answer.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    service = Service()
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{service.server.server_port}/",
        "REQUESTS_TIMEOUT": 1,
    }
    yield service
    service.server.shutdown()
    service.server.server_close()


def send() -> Outcome:
    transport = ServiceTransport(POSTMARK)
    try:
        return transport.send(SENDER, ADA, MESSAGE)
    finally:
        transport.close()


def test_the_service_gets_every_part(service: Service) -> None:
    assert send().kind == Kind.SENT
    (request,) = service.requests
    (message,) = request if isinstance(request, list) else [request]
    assert (message["To"], message["Subject"]) == (ADA, "Cranes")
    assert message["TextBody"].startswith(".a dot, and") and message["HtmlBody"].strip() == "<p>Hello</p>"
    headers = {header["Name"]: header["Value"] for header in message["Headers"]}
    assert headers["List-Unsubscribe"] == "<https://news.example/u>"
    assert headers["Message-ID"] == "<m1@news.example>"
    assert "Content-Type" not in headers


@pytest.mark.parametrize(
    ("status", "kind", "is_about_mail"),
    [
        (401, Kind.BLOCKED, False),
        (403, Kind.BLOCKED, False),
        (429, Kind.AWAY, False),
        (503, Kind.AWAY, False),
        (400, Kind.REFUSED, True),
        (500, Kind.UNKNOWN, True),
        (504, Kind.UNKNOWN, True),
        (0, Kind.UNKNOWN, True),
    ],
)
def test_an_answer_means(service: Service, status: int, kind: Kind, is_about_mail: bool) -> None:
    service.status, service.answer = status, "no"
    outcome = send()
    assert (outcome.kind, outcome.is_about_mail) == (kind, is_about_mail)


def test_an_address_that_the_service_calls_none(service: Service) -> None:
    service.status = 422
    service.answer = json.dumps({"ErrorCode": 300, "Message": "Invalid 'To' address: 'ada@example.org'."})
    outcome = send()
    assert outcome.kind == Kind.NO_MAILBOX
    assert ADA not in outcome.reply


def test_no_answer_in_time_is_unknown(service: Service) -> None:
    service.delay_s = 2.0
    assert send().kind == Kind.UNKNOWN
    assert len(service.requests) == 1


def test_a_service_that_does_not_listen_is_away(service: Service, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "POSTMARK_API_URL": f"http://127.0.0.1:{port}/"}
    outcome = send()
    assert (outcome.kind, outcome.is_about_mail) == (Kind.AWAY, False)


def test_a_service_without_its_token_pauses(settings: Any) -> None:
    settings.ANYMAIL = {}
    outcome = send()
    assert (outcome.kind, outcome.is_about_mail) == (Kind.BLOCKED, False)
    assert "POSTMARK_SERVER_TOKEN" in outcome.reply

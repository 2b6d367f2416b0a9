"""How a mail leaves the house: as a file, by SMTP, through a service, or onto the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings

from newsdesk.newsletter.delivery.outcome import Outcome


class Transport(Protocol):
    """Hands mails over, one after the other; never raises for what a server says or a connection does."""

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        """Hand over one message (RFC 5322, ASCII or with 8-bit bytes) for one recipient; bare addresses."""

    def close(self) -> None:
        """End what is open; mails may still be sent afterwards."""


def choose_transport(*, is_watched: bool = False) -> Transport:
    """The one that the settings EMAIL_ESP and EMAIL_URL name; less patient where a person watches it at work."""
    if settings.EMAIL_ESP:
        from newsdesk.newsletter.delivery.transports.service import ServiceTransport

        return ServiceTransport(f"anymail.backends.{settings.EMAIL_ESP}.EmailBackend")
    if settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        from newsdesk.newsletter.delivery.transports.smtp import SmtpTransport

        return SmtpTransport.from_settings(is_watched=is_watched)
    if settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        from newsdesk.newsletter.delivery.transports.console import ConsoleTransport

        return ConsoleTransport()
    from newsdesk.newsletter.delivery.transports.files import FilesTransport

    return FilesTransport.from_settings()


@contextmanager
def open_transport(*, is_watched: bool = False) -> Iterator[Transport]:
    """The chosen one, closed after the block."""
    transport = choose_transport(is_watched=is_watched)
    try:
        yield transport
    finally:
        transport.close()

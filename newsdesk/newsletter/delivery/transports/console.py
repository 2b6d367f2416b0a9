"""Mails onto the terminal, for development."""

from __future__ import annotations

import sys
from typing import BinaryIO

from newsdesk.newsletter.delivery.outcome import Kind, Outcome


class ConsoleTransport:
    """Prints each message, with a line between two of them."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream or sys.stdout.buffer

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        """Print it."""
        self._stream.write(message.replace(b"\r\n", b"\n") + b"-" * 79 + b"\n")
        self._stream.flush()
        return Outcome(Kind.SENT, "Printed.")

    def close(self) -> None:
        """Nothing is open."""

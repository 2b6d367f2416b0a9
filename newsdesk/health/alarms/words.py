"""What an alarm says: one message, for a mail and for a webhook alike. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """That something has begun (or, with `is_end`, is over): its kind, a sentence, when, and where the desk is."""

    kind: str
    words: str
    at: datetime
    is_end: bool
    site_url: str

    @property
    def headline(self) -> str:
        """One line."""
        return f"Newsdesk: {self.kind} is well again" if self.is_end else f"Newsdesk: {self.kind} needs you"

    @property
    def text(self) -> str:
        """The whole of it."""
        when = f"{self.at:%Y-%m-%d %H:%M} UTC"
        told = f"Over since {when}. It was: {self.words}" if self.is_end else f"{self.words}\nSince {when}."
        return f"{self.headline}\n\n{told}\n\n{self.site_url}/admin/health/\n"


def as_mail(telling: Telling, *, sender: str, to: str, message_id: str) -> bytes:
    """The message as it goes out."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, telling.headline
    mail["Date"], mail["Message-ID"] = format_datetime(telling.at), message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(telling.text)
    return mail.as_bytes()


def as_document(telling: Telling) -> bytes:
    """The document that is posted; chat services show its `text`."""
    document = {
        "text": telling.text,
        "kind": telling.kind,
        "state": "over" if telling.is_end else "begun",
        "words": telling.words,
        "at": telling.at.isoformat(),
        "site": telling.site_url,
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8")

"""Mails as files: one `.eml` each, whole or not there at all."""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from feeds.files import OWNER_ONLY, write_whole
from newsdesk.newsletter.delivery.outcome import Kind, Outcome, Stage, judge_loss

_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]+")


class FilesTransport:
    """Writes each message into a folder that only its owner can read, for it holds addresses and personal links.

    A file is named by the message's Date and Message-ID, so the same mail again takes the place of the first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def from_settings(cls) -> FilesTransport:
        """Into the folder that EMAIL_URL names."""
        return cls(Path(settings.EMAIL_FILE_PATH))

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        """Write it: under a temporary name first, to the disk, then renamed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.folder / file_name(message), message, mode=OWNER_ONLY)
        except OSError as error:  # a full disk, a folder that is not ours
            return judge_loss(Stage.CONNECT, f"The folder of mails cannot be written to: {error.strerror}.")
        return Outcome(Kind.SENT, "Written as a file.")

    def close(self) -> None:
        """Nothing is open."""


def file_name(message: bytes) -> str:
    """`20260325T070000Z-ID.eml`, in order of the Date; only letters, digits and `.@_-`."""
    headers = BytesHeaderParser().parsebytes(message)
    try:
        date = f"{parsedate_to_datetime(headers['Date']):%Y%m%dT%H%M%SZ}"
    except (TypeError, ValueError):
        date = "undated"
    name = _UNSAFE.sub("_", str(headers["Message-ID"] or "").strip("<> "))[:150]
    return f"{date}-{name or 'without-id'}.eml"

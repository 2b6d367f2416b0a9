"""Mails as files: one `.eml` each, whole or not there at all."""

from __future__ import annotations

import os
import re
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

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
            name = file_name(message)
            unfinished = self.folder / f".{name}.{os.getpid()}.tmp"
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(message)
                    file.flush()
                    os.fsync(descriptor)
                unfinished.replace(self.folder / name)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
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

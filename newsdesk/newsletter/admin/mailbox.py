"""The folder of mails that were written as files, to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

PAGE_FILES = 50
MAX_FILE_BYTES = 2_000_000
_NAME = re.compile(r"(?<![A-Za-z0-9.@_-])[A-Za-z0-9@_-][A-Za-z0-9.@_-]*\.eml")


class NoSuchMail(Exception):
    """There is no mail of this name."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in the list."""

    name: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail to look at: its headers in order, its text, its HTML as it was sent."""

    name: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def list_mails(folder: Path, page: int) -> tuple[list[MailLine], bool]:
    """The mails of a page (from 1), newest first, and whether there are more."""
    try:
        names = sorted((path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    except FileNotFoundError:
        names = []
    start = (page - 1) * PAGE_FILES
    return [_line(folder / name) for name in names[start : start + PAGE_FILES]], len(names) > start + PAGE_FILES


def read_mail(folder: Path, name: str) -> MailView:
    """The mail of this name.

    Raises:
        NoSuchMail: There is none in the folder itself; a name that leads elsewhere is none.
    """
    path = folder / name
    if not _NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
        raise NoSuchMail(name)
    with path.open("rb") as file:
        message = message_from_bytes(file.read(MAX_FILE_BYTES), policy=policy.default)
    headers = tuple((header, str(value)) for header, value in message.items())
    return MailView(name, str(message["Subject"] or ""), headers, _body(message, "plain"), _body(message, "html"))


def _line(path: Path) -> MailLine:
    try:
        with path.open("rb") as file:
            headers = BytesHeaderParser(policy=policy.default).parse(file)
    except OSError:  # deleted meanwhile
        return MailLine(path.name, "", "", "")
    return MailLine(path.name, *(str(headers[name] or "") for name in ("To", "Subject", "Date")))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""

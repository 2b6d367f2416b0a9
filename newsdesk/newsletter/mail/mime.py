"""A mail's MIME message built once and filled for each recipient.

What is the same for everybody is encoded when the skeleton is built; to fill it is to write a few header lines and to
put the recipient's links, quoted-printable as well, between encoded pieces. The message is pure ASCII with CRLF, so it
needs no 8BITMIME. A line may begin with a dot: to double it is the sending client's work (`smtplib` does it in `data`).
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr, getaddresses
from urllib.parse import urlsplit

from django.conf import settings

from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent
from newsdesk.newsletter.mail.quoted import SOFT_BREAK, quoted, quoted_part

MAX_HEADER_LINE_CHARACTERS = 998  # RFC 5322, section 2.1.1
FOLD_AT_CHARACTERS = 76

# Written by us alone, so that no header given from outside stands there twice.
_OURS = frozenset(
    "from sender to cc bcc subject date message-id mime-version content-type content-transfer-encoding list-id "
    "list-unsubscribe list-unsubscribe-post".split()
)
_NAME = re.compile(r"[!-9;-~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_URL = re.compile(r"https?://[!-;=?-~]+")
_MARK = re.compile(f"({re.escape(UNSUBSCRIBE_MARK)}|{re.escape(PREFERENCES_MARK)})")


class UnsafeValue(ValueError):
    """A value that cannot stand where a header or a link of the mail should be."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail is for; `message_id` with its angle brackets, `unsubscribe_url` empty where the mail has none."""

    address: str
    message_id: str
    date: datetime
    unsubscribe_url: str
    preferences_url: str


@dataclass(frozen=True, slots=True)
class Link:
    """A hole in the body: which mark stood there, and whether in HTML."""

    mark: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The encoded message; between two neighbouring pieces of `body` belongs one of `links`."""

    head: bytes
    list_head: bytes
    body: tuple[bytes, ...]
    links: tuple[Link, ...]


def build_skeleton(content: MailContent, *, sender: str, headers: Mapping[str, str]) -> Skeleton:
    """The message without a recipient: multipart/alternative, text first, both parts quoted-printable UTF-8.

    `sender` is `Name <address>`; `headers` are added as they are, none of those written here.

    Raises:
        UnsafeValue: for a control character, a header of our own, a sender without an ASCII address, a line over
            998 characters.
        UnicodeEncodeError: for a lone surrogate.
    """
    # "=_" never occurs in quoted-printable, so no line of a body can be the boundary (RFC 2045, section 6.7).
    boundary = f"=_{hashlib.sha256((content.html + content.text).encode()).hexdigest()[:32]}"
    head = [
        _folded("From", _sender(sender)),
        _header("Subject", content.subject),
        b"MIME-Version: 1.0",
        *(_header(name, value) for name, value in headers.items() if _is_free(name)),
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"'.encode(),
    ]
    host = (urlsplit(settings.SITE_URL).hostname or "localhost").encode("idna").decode()
    text, html_text = _MARK.split(content.text), _MARK.split(content.html)
    *pieces, end_of_text = _part("plain", text, boundary)
    start_of_html, *others = _part("html", html_text, boundary, after=f"\r\n--{boundary}--\r\n")
    return Skeleton(
        head=b"\r\n".join(head) + b"\r\n",
        list_head=(
            f"List-Id: Newsdesk <newsdesk.{host}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()
        ),
        body=(*pieces, end_of_text + start_of_html, *others),
        links=(*(Link(mark, False) for mark in text[1::2]), *(Link(mark, True) for mark in html_text[1::2])),
    )


def fill(skeleton: Skeleton, recipient: Recipient) -> bytes:
    """The message for one recipient, as it goes to the mail server.

    A mail that can be unsubscribed from says so in its head as well (RFC 8058) and belongs to a list (RFC 2919).

    Raises:
        UnsafeValue: for an address, message id or link that would not stay where it belongs, or a missing link.
    """
    if not _ADDRESS.fullmatch(recipient.address):
        raise UnsafeValue("The address of a recipient cannot stand in a header.")
    if not _MESSAGE_ID.fullmatch(recipient.message_id):
        raise UnsafeValue("The message id is none.")
    if recipient.date.tzinfo is None:
        raise UnsafeValue("The date of a mail needs its time zone.")
    own = (
        f"To: {recipient.address}\r\nDate: {format_datetime(recipient.date.astimezone(UTC))}\r\n"
        f"Message-ID: {recipient.message_id}\r\n"
    )
    if recipient.unsubscribe_url:
        own += f"List-Unsubscribe: <{_link(recipient.unsubscribe_url)}>\r\n"
    links = {UNSUBSCRIBE_MARK: recipient.unsubscribe_url, PREFERENCES_MARK: recipient.preferences_url}
    encoded = {link: _encoded(link, links[link.mark]) for link in set(skeleton.links)}
    pieces = [skeleton.head, own.encode(), skeleton.list_head if recipient.unsubscribe_url else b"", skeleton.body[0]]
    for link, piece in zip(skeleton.links, skeleton.body[1:], strict=True):
        pieces += (encoded[link], piece)
    return b"".join(pieces)


def _part(kind: str, texts: list[str], boundary: str, *, after: str = "") -> list[bytes]:
    """A part's head, the encoded texts between its marks, which are every second of `texts`, and what comes `after`."""
    head = (
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # A link stands on lines of its own, whatever its length.
    pieces = [*(quoted_part(text) + SOFT_BREAK for text in texts[:-1:2]), quoted(texts[-1]) + after.encode()]
    return [head.encode() + pieces[0], *pieces[1:]]


def _encoded(link: Link, url: str) -> bytes:
    return quoted_part(html.escape(_link(url)) if link.is_html else _link(url)) + SOFT_BREAK


def _link(url: str) -> str:
    if not _URL.fullmatch(url) or len(url) > MAX_HEADER_LINE_CHARACTERS - 100:
        raise UnsafeValue("A link that the mail needs is missing or not one of the web.")
    return url


def _is_free(name: str) -> bool:
    if name.lower() in _OURS:
        raise UnsafeValue(f"The header {name} is written with the mail itself.")
    return True


def _header(name: str, value: str) -> bytes:
    """The header, folded; as encoded words (RFC 2047) where it is not ASCII or would be read as such."""
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    if not _NAME.fullmatch(name) or _CONTROL.search(value):
        raise UnsafeValue(f"The header {name!r} has a character that headers cannot hold.")
    return _folded(name, Header(value, charset, FOLD_AT_CHARACTERS, name).encode(linesep="\r\n"))


def _sender(sender: str) -> str:
    # Not parseaddr: of two addresses some Pythons give the first, others none.
    name, address = next(iter(found := getaddresses([sender])), ("", ""))
    if len(found) != 1 or _CONTROL.search(sender) or not _ADDRESS.fullmatch(address):
        raise UnsafeValue("The sender is not a name and an ASCII address, like Newsdesk <desk@example.org>.")
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    words = Header(name, "utf-8", FOLD_AT_CHARACTERS, "From").encode(linesep="\r\n")
    return f"{words}\r\n <{address}>"


def _folded(name: str, value: str) -> bytes:
    header = f"{name}: {value}".encode("ascii")
    if max(map(len, header.split(b"\r\n"))) > MAX_HEADER_LINE_CHARACTERS:
        raise UnsafeValue(f"The header {name} has a word that is too long for a line.")
    return header

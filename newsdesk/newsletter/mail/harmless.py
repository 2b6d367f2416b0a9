"""What publishers and models wrote, made fit for a mail. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from feeds.scrub import scrub
from feeds.urls import web_address
from newsdesk.digests.shape import Document
from newsdesk.newsletter.mail.content import UNSUBSCRIBE_MARK

# Far above any sentence of ours; a longer one could make a mail of any length.
MAX_TEXT_CHARACTERS = 2_000
MAX_URL_CHARACTERS = 2_000

_MARK_HOST = urlsplit(UNSUBSCRIBE_MARK).netloc
# Mail programs make links of plain text by themselves, and many end one at these marks.
_ENDS_A_LINK = re.compile(r"[<>\"]")


def harmless(document: Document) -> Document:
    """The document with every text on one line, without controls, invisible or turning characters, or our marks.

    An `url` that does not lead to the web becomes empty.
    """
    made: Document = _harmless(document)
    return made


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value, MAX_TEXT_CHARACTERS).replace(_MARK_HOST, "mark invalid")
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    if isinstance(value, dict):
        return {key: web_address_in_mail(one) if key == "url" else _harmless(one) for key, one in value.items()}
    return value


def web_address_in_mail(url: str) -> str:
    """The address if it is an http or https one in visible characters that ends where a mail program thinks it does."""
    is_whole = url.isprintable() and not _ENDS_A_LINK.search(url) and len(url) <= MAX_URL_CHARACTERS
    return web_address(url) if is_whole and _MARK_HOST not in url else ""

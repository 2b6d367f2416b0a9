"""Mail addresses as they may be subscribed: plain ASCII before the @, a domain in ASCII after it."""

from __future__ import annotations

import re

import idna

# RFC 5321, 4.5.3.1, and its erratum 1690 for the whole, in characters.
MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64
# RFC 5322's dot-atom; quoted local parts are allowed there, and used by nobody but attackers.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?<![a-z0-9.-])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{1,58}[a-z0-9]|[a-z]{2,63})")


class BadAddress(ValueError):
    """The text is no address that we can mail to; the message is a sentence for whoever typed it."""


def clean_address(text: str) -> str:
    """The address as it is stored: local part as written, domain in lower case and ASCII (IDNA 2008, UTS 46).

    Spaces and tabs around it are dropped, nothing else is mended.

    Raises:
        BadAddress
    """
    address = text.strip(" \t")
    if len(address) > MAX_LENGTH:
        raise BadAddress(f"This is longer than an address can be ({MAX_LENGTH} characters).")
    if not address.isprintable() or any(character in address for character in ' "<>,;:()[]\\'):
        raise BadAddress("Please give the bare address on one line, without a name or brackets: name@example.org.")
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or "@" in local:
        raise BadAddress("An address has one @, with something on either side of it: name@example.org.")
    if not local.isascii():
        raise BadAddress(
            "We cannot mail to an address with accented or non-Latin letters before the @. After it they are fine."
        )
    if len(local) > MAX_LOCAL_LENGTH or not _LOCAL.fullmatch(local):
        raise BadAddress("The part before the @ is not one that a mailbox can have.")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise BadAddress("The part after the @ is not the name of a mail domain.") from error
    if not _DOMAIN.fullmatch(ascii_domain):
        raise BadAddress("The part after the @ is not the name of a mail domain.")
    cleaned = f"{local}@{ascii_domain}"
    if len(cleaned) > MAX_LENGTH:
        raise BadAddress(f"This is longer than an address can be ({MAX_LENGTH} characters).")
    return cleaned

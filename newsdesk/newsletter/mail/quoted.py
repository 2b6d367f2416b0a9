"""Quoted-printable text, the one form in which our bodies travel. Pure.

RFC 2045, section 6.7: ASCII alone, lines of at most 76 characters, a line ending in `=` goes on in the next one.
"""

from __future__ import annotations

import binascii
import re

SOFT_BREAK = b"=\r\n"

# The C encoder does not count a space that it encodes at a line's end, so such a line can become too long.
_TOO_LONG = re.compile(rb"^(.{74,75})(=20|=09)$", re.MULTILINE)


def quoted(text: str) -> bytes:
    """The text in UTF-8, with CRLF for every line end.

    Raises:
        UnicodeEncodeError: for a lone surrogate.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    encoded = binascii.b2a_qp(lines.encode(), istext=True)
    return _TOO_LONG.sub(rb"\1=\n\2", encoded).replace(b"\n", b"\r\n")


def quoted_part(text: str) -> bytes:
    """The text as it stands before a soft break, for which its last line has room."""
    # A character that follows makes the encoder leave that room, and leave a space before it alone.
    return quoted(text + "X")[:-1]

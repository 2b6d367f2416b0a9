"""What servers said, without people's addresses. Pure."""

from __future__ import annotations

import re

MAX_REPLY_CHARACTERS = 500
_ADDRESS = re.compile(r"(?:<|(?<![^\s<>@,;:]))[^\s<>@,;:]+@[^\s<>@,;:]+>?")


def as_kept(words: str) -> str:
    """A server's words as we keep them: on one line, cut, and without the addresses that servers like to repeat."""
    return _ADDRESS.sub("(address)", " ".join(words.split()))[:MAX_REPLY_CHARACTERS]

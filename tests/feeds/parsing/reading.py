"""Reading a document as if it had come from one address, and within the time that any may take."""

from __future__ import annotations

import time

from feeds.parsing.parse import NotAFeed, ParsedFeed, parse

URL = "https://news.example/dir/feed.xml"
# What any document may cost, hostile ones too.
LIMIT_S = 5.0  # of CPU: other programs on the machine must not decide


def read(body: bytes, content_type: str = "") -> ParsedFeed:
    return parse(body, {"content-type": content_type} if content_type else {}, URL)


def timed(body: bytes) -> ParsedFeed | None:
    """The feed, or None if refused; fails when it took too long."""
    started = time.process_time()
    try:
        return read(body)
    except NotAFeed:
        return None
    finally:
        assert time.process_time() - started < LIMIT_S

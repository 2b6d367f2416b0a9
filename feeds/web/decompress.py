"""Undoing a response's compression (Content-Encoding: gzip or deflate) in bounded memory; no character is read here."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

ACCEPT_ENCODING = "gzip, deflate"
# How much is inflated at a time: a bomb is stopped within one step of the cap.
STEP_BYTES = 256 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class BadEncoding(Exception):
    """A body that is not what its Content-Encoding says, or an encoding nobody asked for."""


class BodyTooLarge(Exception):
    """More than `max_bytes`, as sent or as inflated."""


def decompress(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> bytes:
    """The body behind a Content-Encoding header: identity, gzip or deflate, one layer.

    `max_bytes` caps what was sent and, separately, what it inflates to. Raises: BadEncoding, BodyTooLarge.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        inflater = None
    elif name in ("gzip", "x-gzip", "deflate"):
        inflater = _Inflater(name)
    else:
        raise BadEncoding(f"The server used an encoding nobody asked for ({encoding[:40]!r}).")
    body = bytearray()
    sent = 0
    for chunk in chunks:
        sent += len(chunk)
        if sent > max_bytes:
            raise BodyTooLarge
        for piece in inflater.inflate(chunk) if inflater else (chunk,):
            body += piece
            if len(body) > max_bytes:
                raise BodyTooLarge
    if inflater and sent and not inflater.is_complete:
        raise BadEncoding("The compressed body was cut short.")
    return bytes(body)


class _Inflater:
    """Streaming gzip (several members too) and deflate (zlib-wrapped or raw), never more than a step at once."""

    def __init__(self, name: str) -> None:
        self._is_gzip = name != "deflate"
        self._stream: zlib._Decompress | None = None
        self.is_complete = False

    def inflate(self, data: bytes) -> Iterable[bytes]:
        while data and not (self.is_complete and not self._starts_another(data)):
            if self._stream is None:
                self._stream = zlib.decompressobj(self._window_bits(data))
                self.is_complete = False
            try:
                piece = self._stream.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise BadEncoding("The compressed body is damaged.") from error
            if self._stream.eof:
                data = self._stream.unused_data
                self._stream = None
                self.is_complete = True
            else:
                data = self._stream.unconsumed_tail
            yield piece

    def _window_bits(self, data: bytes) -> int:
        if self._is_gzip:
            return 16 + zlib.MAX_WBITS
        # Servers disagree on "deflate": a zlib header has 8 in the low bits of its first byte and a check over two.
        has_zlib_header = data[0] & 0x0F == 8 and (len(data) == 1 or int.from_bytes(data[:2], "big") % 31 == 0)
        return zlib.MAX_WBITS if has_zlib_header else -zlib.MAX_WBITS

    def _starts_another(self, data: bytes) -> bool:
        """Whether what follows a finished stream is one more gzip member; anything else is ignored padding."""
        return self._is_gzip and data.startswith(_GZIP_MAGIC)

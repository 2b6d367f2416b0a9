"""Compressed answers over real sockets: undone in little memory, refused when they are not what they say."""

from __future__ import annotations

import gzip
import itertools
import tracemalloc
import zlib
from functools import partial

import pytest

from tests.feeds.web.getting import MEGABYTE, get, refusal
from tests.servers.publisher import Publisher, Reply


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_stops_at_the_cap_in_little_memory(publisher: Publisher, encoding: str) -> None:
    zeros = bytes(100 * MEGABYTE)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    del zeros
    publisher.routes["/"] = Reply(bomb, headers=(("Content-Encoding", encoding),))
    tracemalloc.start()
    try:
        assert refusal(publisher, max_bytes=MEGABYTE).code == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 5 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_compressed_stream_that_decodes_to_nothing_stops_too(publisher: Publisher) -> None:
    empty_blocks = b"\x00\x00\x00\xff\xff" * 13_000
    head = zlib.compressobj(wbits=31).flush(zlib.Z_SYNC_FLUSH)
    publisher.routes["/"] = Reply(
        chunks=itertools.chain([head], itertools.repeat(empty_blocks)), headers=(("Content-Encoding", "gzip"),)
    )
    assert refusal(publisher, max_bytes=MEGABYTE).code == "too_large"


# Without the time in its head, so that a test is called the same in every process.
packed = partial(gzip.compress, mtime=0)


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(b"hello")),
        ("x-gzip", packed(b"hello")),
        ("GZIP", packed(b"hel") + packed(b"lo")),
        ("gzip", packed(b"hello") + b"\x00\x00padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", _raw_deflate(b"hello")),
        ("identity", b"hello"),
    ],
)
def test_the_encodings_we_ask_for_are_undone(publisher: Publisher, encoding: str, body: bytes) -> None:
    publisher.routes["/"] = Reply(body, headers=(("Content-Encoding", encoding),))
    assert get(publisher).body == b"hello"
    assert publisher.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"hello"),
        ("zstd", b"hello"),
        ("gzip, gzip", packed(packed(b"hello"))),
        ("gzip", b"hello"),
        ("gzip", packed(b"hello")[:-12]),
    ],
)
def test_unasked_nested_damaged_and_cut_encodings_are_refused(publisher: Publisher, encoding: str, body: bytes) -> None:
    publisher.routes["/"] = Reply(body, headers=(("Content-Encoding", encoding),))
    assert refusal(publisher).code == "bad_response"

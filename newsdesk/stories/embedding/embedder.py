"""What gives vectors of meaning, and the form in which they are kept. Pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from newsdesk.llm.deadline import Deadline

Values = tuple[float, ...]

# Part of every embedder's name: bumped when what is embedded or how it is pooled changes, so that vectors made in
# another way are not compared with those made now.
FORM = "1"


class EmbeddingFailed(Exception):
    """No vectors; the message says why in plain words. Entries are then placed without."""


class Embedder(Protocol):
    """A model of sentences. `name` tells the model, its hash or place, and `FORM`; it is kept with each vector."""

    @property
    def name(self) -> str: ...

    def embed(self, texts: Sequence[str], *, now: datetime, within: Deadline | None = None) -> list[Values]:
        """A unit vector for each text, all of one width; a server is asked `within` the time given.

        Raises:
            EmbeddingFailed: there are none for these texts.
        """
        ...


def unit(values: Sequence[float]) -> Values:
    """The vector of length 1 in the same direction.

    Raises:
        EmbeddingFailed: a value is not finite, or all are 0.
    """
    length = math.hypot(*values)
    if not (math.isfinite(length) and length > 0):
        raise EmbeddingFailed("the model gave a vector without a direction (not finite, or zeros)")
    return tuple(value / length for value in values)


def packed(vector: Values) -> bytes:
    """The vector as little-endian float16, 2 bytes a number; its cosines are off by less than .001."""
    return struct.pack(f"<{len(vector)}e", *vector)


def unpacked(data: bytes) -> Values:
    """The vector as it was kept: every clusterer gets it so, whether it was just made or read from its row."""
    return struct.unpack(f"<{len(data) // 2}e", data)

"""Numbers of rows, pages and edits, as an address or a form gives them. Pure."""

from __future__ import annotations

# Any so long number fits the database's 64 bits.
MAX_DIGITS = 18


def read_number(text: str) -> int | None:
    """The number that the text is written as, in at most 18 of the digits 0 to 9; None for all else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None

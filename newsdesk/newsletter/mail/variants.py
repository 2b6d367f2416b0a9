"""Who gets the same mail. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def variant_of(themes: Sequence[str]) -> tuple[str, ...]:
    """The themes in one order: whoever has the same gets the same mail."""
    return tuple(sorted(set(themes)))

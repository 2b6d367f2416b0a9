"""Numbers of rows as strangers send them."""

from __future__ import annotations

import pytest

from feeds.numbers import read_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1\n", "1_0", "x", "٣", "²", "9" * 19, "1" * 5000])
def test_all_else_is_none(text: str) -> None:
    assert read_number(text) is None

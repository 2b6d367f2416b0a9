"""Texts that match regular expressions."""

from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_CATEGORIES = {op.CATEGORY_DIGIT: "1", op.CATEGORY_WORD: "a", op.CATEGORY_SPACE: " ", op.CATEGORY_NOT_SPACE: "a"}


def example_of(expression: str) -> str:
    """A text that the expression matches, every optional part present, the first of alternatives taken."""
    return _text(_parser.parse(expression))


def _text(parsed: Any) -> str:
    return "".join(_of(kind, value) for kind, value in parsed)


def _of(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.IN:
        return _of(*value[0])
    if kind is op.RANGE:
        return chr(value[0])
    if kind is op.CATEGORY:
        return _CATEGORIES[value]
    if kind is op.ANY:
        return "a"
    if kind in (op.NEGATE, op.NOT_LITERAL):
        return " "
    if kind is op.BRANCH:
        return _text(value[1][0])
    if kind is op.SUBPATTERN:
        return _text(value[-1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, _, repeated = value
        return _text(repeated) * max(least, 1)
    assert kind in (op.AT, op.ASSERT, op.ASSERT_NOT), kind
    return ""

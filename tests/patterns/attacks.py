"""Texts on which a pattern may take its longest: some for all, others made from the pattern's own structure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as code
from re import _parser as parser
from typing import Any

# How often the texts of one pattern are drawn anew: which character of a set, which branch of an alternative.
DRAWS = 3
# A repeat that ends sooner costs no more than so many steps at each place.
LONG_REPEAT = 8
_PREFERRED = "a", "A", "1", " ", "\n", ",", ".", "-", "'", '"', "<", "&", "é", "中", "_", "/", "@", "#", "$", "“", "”"
_UNITS = (
    *(
        "a",
        "A",
        "0",
        " ",
        "\n",
        "\t",
        ".",
        ",",
        "-",
        "_",
        "'",
        '"',
        "“",
        "(",
        ")",
        "[",
        "<",
        ">",
        "&",
        "/",
        "@",
        "#",
        ":",
    ),
    *("é", "中", "。", "😀", "\\", "\x00", "\u200b", "=", "?", "!", "…", "$", "|", "%", ";"),
    *(
        "a ",
        "A ",
        "Aaaa ",
        "Aaaa Aaaa ",
        "AAAA ",
        "a.",
        "A.",
        "a, ",
        "a-",
        "a'",
        "a_",
        "1.",
        "1,",
        "1 ",
        "$1",
        "1a",
        "aA",
    ),
    *(
        " .",
        " ,",
        "\n\n",
        " \n",
        "a\n",
        "' ",
        '"a',
        '"a"',
        "“a” ",
        "<a",
        "<a>",
        "<a a",
        "</",
        "&a",
        "&amp;",
        "&#1",
        "((",
        "(a",
    ),
    *("()", "a/", "/a", "a@", "@a", "http://a", "www.a", "said ", "by Aaa ", "the ", "The ", "of the ", "and ", "to "),
)
_CLASSES = {
    code.CATEGORY_DIGIT: "1",
    code.CATEGORY_NOT_DIGIT: "a, .",
    code.CATEGORY_SPACE: " \n",
    code.CATEGORY_NOT_SPACE: "a1.A",
    code.CATEGORY_WORD: "aA1_é",
    code.CATEGORY_NOT_WORD: " .,'\n",
}


@dataclass(frozen=True)
class Case:
    """A text of any length: what it begins with, what is repeated, what it ends with."""

    unit: str
    head: str = ""
    tail: str = ""

    def text(self, size: int, pattern: re.Pattern[Any]) -> Any:
        """The text of about `size` characters, or bytes, whichever the pattern reads."""
        unit = self.unit * max(1, (size - len(self.head) - len(self.tail)) // len(self.unit))
        text = self.head + unit + self.tail
        return text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")


def worst_cases(pattern: re.Pattern[Any]) -> list[Case]:
    """The cases for a pattern, each once; few for one that has no long repeat and so takes few steps anywhere."""
    own = [*_own_units(pattern), *_own_runs(pattern)]
    general = [Case(unit) for unit in _UNITS] if any(True for _ in _repeats(_tree(pattern), "", 0)) else []
    return list(dict.fromkeys((*general, *own)))


def _own_units(pattern: re.Pattern[Any]) -> Iterator[Case]:
    """What the pattern takes, whole and cut short at each of its steps: to be repeated."""
    for draw in range(DRAWS):
        pieces = _Sample(draw).pieces(_tree(pattern))
        for end in range(1, len(pieces) + 1):
            if unit := "".join(pieces[:end]):
                yield Case(unit)
                yield Case(unit + " ")


def _own_runs(pattern: re.Pattern[Any]) -> Iterator[Case]:
    """For each long repeat: what stands before it, then its own text over and over, then what fits nothing."""
    for draw in range(DRAWS):
        for head, body in _repeats(_tree(pattern), "", draw):
            if unit := "".join(_Sample(draw).pieces(body)):
                for tail in ("", "\x00", "!\n"):
                    yield Case(unit, head, tail)


@lru_cache(maxsize=8)
def _tree(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)


def _repeats(tree: Iterable[Any], before: str, draw: int) -> Iterator[tuple[str, Any]]:
    """Each long repeat in a parsed pattern, with a text that the pattern takes before it."""
    head = before
    for step in tree:
        kind, argument = step
        if kind in _REPEATS:
            if argument[1] >= LONG_REPEAT:
                yield head, argument[2]
            yield from _repeats(argument[2], head, draw)
        elif kind is code.BRANCH:
            for branch in argument[1]:
                yield from _repeats(branch, head, draw)
        elif kind is code.SUBPATTERN:
            yield from _repeats(argument[3], head, draw)
        elif kind is code.ATOMIC_GROUP:
            yield from _repeats(argument, head, draw)
        elif kind in (code.ASSERT, code.ASSERT_NOT):
            yield from _repeats(argument[1], head, draw)
        head += "".join(_Sample(draw).pieces([step]))


_REPEATS = frozenset({code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT})


class _Sample:
    """Draws a text that parts of a pattern take; look-arounds are left out."""

    def __init__(self, draw: int) -> None:
        self.random = random.Random(draw)
        self.preferred = _PREFERRED[draw:] + _PREFERRED[:draw]
        self.groups: dict[int, str] = {}

    def pieces(self, tree: Iterable[Any]) -> list[str]:
        return [self.piece(kind, argument) for kind, argument in tree]

    def piece(self, kind: Any, argument: Any) -> str:
        if kind is code.LITERAL:
            return chr(argument)
        if kind is code.NOT_LITERAL:
            return next(one for one in self.preferred if ord(one) != argument)
        if kind is code.ANY:
            return self.preferred[0]
        if kind is code.IN:
            return self.one_of(argument)
        if kind in _REPEATS:
            least, most, body = argument
            return "".join("".join(self.pieces(body)) for _ in range(max(least, min(int(most), 2))))
        if kind is code.BRANCH:
            return "".join(self.pieces(self.random.choice(argument[1])))
        if kind is code.SUBPATTERN:
            text = "".join(self.pieces(argument[3]))
            if argument[0]:
                self.groups[argument[0]] = text
            return text
        if kind is code.ATOMIC_GROUP:
            return "".join(self.pieces(argument))
        return self.groups.get(argument, "") if kind is code.GROUPREF else ""

    def one_of(self, allowed: Any) -> str:
        negated = bool(allowed) and allowed[0][0] is code.NEGATE
        fitting = [one for one in self.preferred if any(_fits(one, item) for item in allowed) != negated]
        return fitting[0] if fitting else _any_of(allowed)


def _fits(one: str, item: Any) -> bool:
    kind, argument = item
    if kind is code.LITERAL:
        return ord(one) == argument
    if kind is code.RANGE:
        return bool(argument[0] <= ord(one) <= argument[1])
    return kind is code.CATEGORY and one in _CLASSES.get(argument, "")


def _any_of(allowed: Any) -> str:
    for kind, argument in allowed:
        if kind is code.LITERAL:
            return chr(argument)
        if kind is code.RANGE:
            return chr(argument[0])
        if kind is code.CATEGORY:
            return _CLASSES.get(argument, "a")[0]
    return "\x01"

"""Which of the word groups of `lexicon.toml` a text holds."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

LEXICON = Path(__file__).with_name("lexicon.toml")
WORD = re.compile(r"\w+(?:'\w+)*")
_TERM_END = re.compile(r"\s\|\s|\s\|$|\n", re.MULTILINE)
# An alternative that holds one of these is more than one word.
_JOINTS = " -.&%"


class Phrase(NamedTuple):
    """A term of several words: what its first word may be, and the whole."""

    group: str
    head: re.Pattern[str]
    whole: re.Pattern[str]


def groups_in(lowered: str) -> list[tuple[int, str, str]]:
    """The group words in a lower-cased text, as (number of the word they start at, group, word)."""
    found: list[tuple[int, str, str]] = []
    for number, match in enumerate(WORD.finditer(lowered)):
        word = match.group()
        groups, phrases = _starting_with(word)
        if groups:
            found += [(number, group, word) for group in groups]
        for phrase in phrases:
            if whole := phrase.whole.match(lowered, match.start()):
                found.append((number, phrase.group, whole.group()))
    return found


@lru_cache(maxsize=65_536)
def _starting_with(word: str) -> tuple[tuple[str, ...], tuple[Phrase, ...]]:
    """The groups that a word is in, and the phrases that it may begin."""
    words, phrases, any_head = _lexicon()
    groups = tuple(group for group, pattern in words if pattern.fullmatch(word))
    if not any_head.fullmatch(word):
        return groups, ()
    return groups, tuple(phrase for phrase in phrases if phrase.head.fullmatch(word))


@cache
def _lexicon() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], tuple[Phrase, ...], re.Pattern[str]]:
    with LEXICON.open("rb") as file:
        groups: dict[str, str] = tomllib.load(file)
    words: dict[str, list[str]] = {}
    phrases: list[Phrase] = []
    for group, lines in groups.items():
        for term in filter(None, (term.strip() for term in _TERM_END.split(lines))):
            if head := _head(term):
                phrases.append(Phrase(group, re.compile(head), re.compile(rf"(?:{term})\b")))
            else:
                words.setdefault(group, []).append(term)
    return (
        tuple((group, re.compile("|".join(terms))) for group, terms in words.items()),
        tuple(phrases),
        re.compile("|".join(dict.fromkeys(phrase.head.pattern for phrase in phrases))),
    )


def _head(term: str) -> str:
    """The expression for a phrase's first word; empty for a single word.

    Raises: ValueError where the first word is not plain to see, so that a bad line is found when it is written.
    """
    depth = 0
    for place, character in enumerate(term):
        depth += (character in "([") - (character in ")]")
        if term.startswith("[-", place) or (depth == 0 and character in _JOINTS and term[place - 1] != "\\"):
            return term[:place]
    if any(joint in term for joint in " &%"):
        raise ValueError(f"lexicon: the first word of {term!r} must stand outside brackets.")
    return ""

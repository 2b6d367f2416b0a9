"""Names by their capital letters, and years: for collections of any subject. Pure."""

from __future__ import annotations

import re

from newsdesk.stories.stems import stem
from newsdesk.stories.stop_words import COMPARED

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# In a title of more words than that, with a larger share of capitals, every word is capitalised and none tells a name.
MIN_TITLE_WORDS, TITLE_CASE_SHARE = 3, 0.6


def is_year(term: str) -> bool:
    """Whether a term is a year of the 20th or 21st century."""
    return len(term) == 4 and term.isdigit() and term.startswith(("19", "20"))


def names_in(title: str, body: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of words that are capitalised wherever they stand, in all and in the title; both texts normalised."""
    in_title, in_body = _cased(title), _cased(body)
    capitals = sum(is_capital for _, is_capital in in_title)
    is_title_case = len(in_title) > MIN_TITLE_WORDS and capitals > TITLE_CASE_SHARE * len(in_title)
    small = {word for word, is_capital in in_body if not is_capital}
    if not is_title_case:
        small |= {word for word, is_capital in in_title if not is_capital}
    names = {word for word, is_capital in in_body if is_capital} - small
    title_names = {word for word, is_capital in in_title if is_capital} - small
    if is_title_case:
        title_names &= names
    return frozenset(names | title_names), frozenset(title_names)


def _cased(text: str) -> list[tuple[str, bool]]:
    words = ((match.group(), match.group().lower()) for match in _WORD.finditer(text))
    return [(stem(low), word[0].isupper()) for word, low in words if low not in COMPARED and len(low) > 1]

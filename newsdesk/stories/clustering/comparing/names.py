"""Names by their capital letters, and how well those of a report fit a story: for collections of any subject."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from newsdesk.stories.text import STOP_WORDS, stem

if TYPE_CHECKING:
    from newsdesk.stories.clustering.comparing.likeness import Profile, Sum, Weighed

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# In a title of more words than that, with a larger share of capitals, every word is capitalised and none tells a name.
MIN_TITLE_WORDS, TITLE_CASE_SHARE = 3, 0.6

NAME_FEATURES = (
    "names_contained",
    "has_names",
    "names_missing",
    "title_names_missing",
    "names_cosine",
    "other_years",
    "shared_years",
)


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
    return [(stem(low), word[0].isupper()) for word, low in words if low not in STOP_WORDS and len(low) > 1]


def name_features(
    report: Weighed, story: Sum, members: Sequence[Profile], weights: Mapping[str, float]
) -> tuple[float, ...]:
    """`NAME_FEATURES` of a report against a story and some of its members."""
    new = report.profile
    square = _square(new.names, weights)
    cosine = 0.0
    for member in members:
        if shared := new.names & member.names:
            norm = math.sqrt(square * _square(member.names, weights))
            cosine = max(cosine, _square(shared, weights) / norm)
    known = frozenset(term for term in new.names if term in story.terms)
    missing = math.fsum(weights[term] for term in new.names - known)
    title_missing = math.fsum(weights[term] for term in new.title_names if term not in story.terms)
    shared_years = len(new.years & story.years)
    return (
        _square(known, weights) / square if square else 0.0,
        float(bool(new.names)),
        min(missing, 60.0) / 20,
        min(title_missing, 30.0) / 10,
        cosine,
        float(bool(new.years) and bool(story.years) and not shared_years),
        float(min(shared_years, 2)),
    )


def _square(terms: frozenset[str], weights: Mapping[str, float]) -> float:
    """The sum of squared weights, the same in whatever order a set gives its terms."""
    return math.fsum(weights[term] ** 2 for term in terms)

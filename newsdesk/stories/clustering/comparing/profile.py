"""What of a report is compared: its terms, weighed. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from newsdesk.stories.clustering.comparing.dates import days_in
from newsdesk.stories.clustering.comparing.names import is_year, names_in
from newsdesk.stories.text import is_figure, lead, tokenize
from newsdesk.stories.titles.cleaning import clean_title

# What stands further down is background: a summary, or as much of an article, says what happened
# (`bench/learn_clusterer.py`).
LEAD_WORDS = 150
TITLE_WEIGHT = 3
# A collection holds many events of one kind, years apart, which differ in names and figures far down in the text.
LEAD_WORDS_WITHOUT_TIMES = 600
NAME_WEIGHT = 3
# A report's opening says what happened; so many words of its text after the title.
OPENING_WORDS = 60
# Collections of split words part the digits of "5 . 6" too.
_SCALES = {"k": 3, "m": 6, "b": 9, "t": 12}
_SPACED_POINT = re.compile(r"(?<=\d) \. (?=\d)")


@dataclass(frozen=True, slots=True)
class Profile:
    """A report as the clusterer compares it; tuples keep the order of the text, so that sums are reproducible.

    Names, years, opening and the days named in it are read only where reports carry no times. `vector` is what it means
    to a sentence-embedding model, of unit length; empty where there is none. `said` are the title and the text read.
    """

    title: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    terms: dict[str, int]
    figures: frozenset[str]
    publisher: str
    names: frozenset[str] = frozenset()
    title_names: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    opening: tuple[str, ...] = ()
    opening_names: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    vector: tuple[float, ...] = ()
    said: tuple[str, str] = ("", "")


def profile(title: str, text: str, publisher: str) -> Profile:
    """The profile of a report; `text` is its body, of which the lead counts."""
    title, text = clean_title(title, publisher), lead(text, LEAD_WORDS)
    title_terms, lead_terms = tokenize(title), tokenize(text)
    terms = dict.fromkeys(title_terms, TITLE_WEIGHT)
    for term in lead_terms:
        terms[term] = terms.get(term, 0) + (1 if terms.get(term, 0) in (0, TITLE_WEIGHT) else 0)
    return Profile(
        title=tuple(dict.fromkeys(title_terms)),
        pairs=frozenset(pairwise(title_terms)),
        terms=terms,
        figures=frozenset(_amount(term) for term in terms if _is_mark(term)),
        publisher=publisher,
        said=(title, text),
    )


def profile_without_times(title: str, text: str, publisher: str) -> Profile:
    """The profile of a report that carries no time: more of its text counts, and names and figures weigh more."""
    title, body = (
        _SPACED_POINT.sub(".", part) for part in (clean_title(title, publisher), lead(text, LEAD_WORDS_WITHOUT_TIMES))
    )
    opening = f"{title} | {' '.join(body.split(' ')[:OPENING_WORDS])}"
    opening_terms = tuple(dict.fromkeys(tokenize(opening)))
    title_terms = tokenize(title)
    names, title_names = names_in(title, body)
    terms = dict.fromkeys(title_terms, 1)
    for term in tokenize(body):
        terms[term] = min(terms.get(term, 0) + 1, 2)
    for term in terms:
        if term in names or is_figure(term):
            terms[term] *= NAME_WEIGHT
    return Profile(
        title=tuple(dict.fromkeys(title_terms)),
        pairs=frozenset(pairwise(title_terms)),
        terms=terms,
        figures=frozenset(_amount(term) for term in terms if _is_mark(term)),
        publisher=publisher,
        names=names,
        title_names=title_names,
        years=frozenset(term for term in terms if is_year(term)),
        opening=opening_terms,
        opening_names=frozenset(opening_terms) & names,
        days=days_in(opening),
    )


def _amount(term: str) -> str:
    """A figure however it is written: "€400m" and "400 million", "$0.9b" and "900m" are one."""
    digits, scale = term.lstrip("$€£¥"), ""
    if digits[-1:] in _SCALES:
        digits, scale = digits[:-1], digits[-1]
    if scale and digits.count(".") <= 1 and digits.replace(".", "").isdigit():
        return str(Decimal(digits).scaleb(_SCALES[scale]).normalize())
    return digits + scale


def _is_mark(term: str) -> bool:
    """A figure that is worth comparing: a sum, a share, a version, a CVE id; no bare year or small count."""
    if term.startswith("cve-"):
        return True
    return is_figure(term) and (not term.isdigit() or (len(term) > 2 and not term.startswith("20")))


@dataclass(slots=True)
class Sum:
    """A story's reports added up: counts and sets, so that their order leaves no trace."""

    size: int = 0
    terms: dict[str, int] = field(default_factory=dict)
    figures: set[str] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    years: set[str] = field(default_factory=set)
    different_terms: int = 0

    def take(self, new: Profile) -> None:
        """Add a report."""
        self.size += 1
        for term, count in new.terms.items():
            self.terms[term] = self.terms.get(term, 0) + count
        self.figures |= new.figures
        self.publishers.add(new.publisher)
        self.years |= new.years
        self.different_terms += len(new.terms)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A report with the weights of its terms as they are now."""

    profile: Profile
    title: dict[str, float]
    title_square: float
    terms: dict[str, float]
    norm: float


def weighed(new: Profile, weights: Mapping[str, float]) -> Weighed:
    """The report with weights taken from `weights`, which has one for every term there is."""
    title = {term: weights[term] for term in new.title}
    terms = {term: count * weights[term] for term, count in new.terms.items()}
    return Weighed(new, title, sum(value * value for value in title.values()), terms, _norm(terms.values()))


def _norm(values: Iterable[float]) -> float:
    return math.sqrt(sum(value * value for value in values)) or 1.0

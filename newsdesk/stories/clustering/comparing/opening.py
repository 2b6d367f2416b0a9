"""How well a report's opening fits a story's: for reports without times, whose openings say what happened where."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsdesk.stories.clustering.comparing.profile import Profile, Weighed

# What at least this share of a story's reports say is the core of it.
CORE_SHARE, CORE_NAME_SHARE = 0.5, 0.6
# Reports dated so few days apart may be of one event.
NEAR_DAYS = 4

OPENING_FEATURES = (
    "opening_cosine",
    "opening_mean_cosine",
    "core_missing",
    "core_names_missing",
    "dates_near",
)


def opening_features(report: Weighed, members: Sequence[Profile], weights: Mapping[str, float]) -> tuple[float, ...]:
    """`OPENING_FEATURES` of a report against some of a story's members."""
    new = report.profile
    terms, norm = frozenset(new.opening), _norm(new.opening, weights)
    cosines = [
        math.fsum(weights[term] ** 2 for term in member.opening if term in terms)
        / norm
        / _norm(member.opening, weights)
        for member in members
    ]
    names = [member.opening_names if len(members) == 1 else member.names for member in members]
    return (
        max(cosines),
        math.fsum(cosines) / len(cosines),
        _missing(new, _core((member.opening for member in members), CORE_SHARE * len(members)), weights),
        _missing(new, _core(names, CORE_NAME_SHARE * len(members)), weights),
        float(any(abs(one - other) <= NEAR_DAYS for member in members for one in new.days for other in member.days)),
    )


def _core(texts: Iterable[Iterable[str]], least: float) -> list[str]:
    """The terms that so many texts have, in alphabetical order."""
    count = Counter(term for text in texts for term in text)
    return sorted(term for term, times in count.items() if times >= least)


def _missing(new: Profile, core: Sequence[str], weights: Mapping[str, float]) -> float:
    """The share of a story's core that a report lacks, by weight."""
    whole = math.fsum(weights[term] for term in core)
    return math.fsum(weights[term] for term in core if term not in new.terms) / whole if whole else 0.0


def _norm(terms: Iterable[str], weights: Mapping[str, float]) -> float:
    return math.sqrt(math.fsum(weights[term] ** 2 for term in terms)) or 1.0

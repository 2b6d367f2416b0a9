"""How the names of two reports agree. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from newsdesk.stories.clustering.comparing.profile import Profile, Sum, Weighed

NAME_FEATURES = (
    "names_contained",
    "has_names",
    "names_missing",
    "title_names_missing",
    "names_cosine",
    "other_years",
    "shared_years",
)


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

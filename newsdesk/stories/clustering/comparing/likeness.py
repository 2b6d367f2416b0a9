"""How alike a report and a story are: a few figures over their words, and the learned odds that they are one event."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import mul

from newsdesk.stories.clustering.comparing.profile import Profile, Sum, Weighed

# Usual logarithms of a title's terms and of a report's: lengths count from there.
USUAL_TITLE, USUAL_TERMS = 2.3, 3.0


FEATURES = (
    "title_cosine",
    "cosine",
    "centre_cosine",
    "shared_weight",
    "rarest_shared",
    "contained",
    "contains",
    "shared_pairs",
    "shared_figures",
    "other_figures",
    "same_publisher",
    "size",
    "gap",
    "title_length",
    "length",
    "members_length",
    "title_cosine_by_title_length",
    "cosine_by_length",
    "centre_cosine_by_length",
    "shared_weight_by_title_length",
    "contained_by_title_length",
    "contains_by_title_length",
    "cosine_squared",
    "shared_weight_squared",
)


def features(
    report: Weighed, story: Sum, members: Sequence[Profile], weights: Mapping[str, float], gap_h: float | None
) -> tuple[float, ...]:
    """`FEATURES` of a report against a story and some of its members.

    `gap_h` is hours since the story's last report, None where reports carry no times: then neither the gap nor the
    publisher, which such collections rarely tell apart, says anything.
    """
    new, new_title = report.profile, report.title
    title_cosine, cosine, contains, shared_pairs, shared_sum, shared_most = _nearest(report, members, weights)
    terms = story.terms
    centre_cosine = _cosine(report.terms, report.norm, terms, weights) if story.size > 1 else cosine
    contained = sum(value * value for term, value in new_title.items() if term in terms) / (report.title_square or 1.0)
    shared_weight = min(shared_sum, 40.0) / 10
    shared_figures = len(new.figures & story.figures)
    title_length = math.log1p(len(new.title)) - USUAL_TITLE
    length = math.log1p(len(new.terms)) - USUAL_TERMS
    return (
        title_cosine,
        cosine,
        centre_cosine,
        shared_weight,
        shared_most / 10,
        contained,
        contains,
        min(shared_pairs, 30.0) / 10,
        float(min(shared_figures, 2)),
        float(bool(new.figures) and bool(story.figures) and not shared_figures),
        float(gap_h is not None and new.publisher in story.publishers),
        math.log(story.size),
        0.0 if gap_h is None else math.log1p(max(gap_h, 0.0)) / 4,
        title_length,
        length,
        math.log1p(story.different_terms / story.size) - USUAL_TERMS,
        title_cosine * title_length,
        cosine * length,
        centre_cosine * length,
        shared_weight * title_length,
        contained * title_length,
        contains * title_length,
        cosine * cosine,
        shared_weight * shared_weight,
    )


def _nearest(
    report: Weighed, members: Sequence[Profile], weights: Mapping[str, float]
) -> tuple[float, float, float, float, float, float]:
    """The highest of what a report has in common with any member.

    Cosine of titles, cosine of terms, how much of the member's title it contains, weight of shared pairs; and of the
    words that titles share, for the member that shares most: the sum of their weights and the largest.
    """
    new, new_title, new_terms = report.profile, report.title, report.terms
    title_cosine = cosine = contains = shared_pairs = 0.0
    shared_best: tuple[float, float] = (0.0, 0.0)
    for member in members:
        shared = [new_title[term] for term in member.title if term in new_title]
        if shared:
            title = list(map(weights.__getitem__, member.title))
            other, square = sum(map(mul, title, title)), sum(map(mul, shared, shared))
            title_cosine = max(title_cosine, square / math.sqrt(report.title_square * other))
            shared_best = max(shared_best, (sum(shared), max(shared)))
            contains = max(contains, square / other)
            if common := new.pairs & member.pairs:
                shared_pairs = max(shared_pairs, math.fsum(weights[a] + weights[b] for a, b in common) / 2)
        cosine = max(cosine, _cosine(new_terms, report.norm, member.terms, weights))
    return title_cosine, cosine, contains, shared_pairs, *shared_best


def _cosine(new: Mapping[str, float], norm: float, counts: Mapping[str, int], weights: Mapping[str, float]) -> float:
    """The cosine of a report's weights and a story's counts, the same whatever the order in which those were added."""
    shared = new.keys() & counts.keys()
    if not shared:
        return 0.0
    product = math.fsum([new[term] * counts[term] * weights[term] for term in shared])
    values = list(map(mul, counts.values(), map(weights.__getitem__, counts)))
    return product / (norm * math.sqrt(math.fsum(map(mul, values, values))))

"""Measures of clusterings and of classifications; all are shares, 0 to 1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(part: float, whole: float) -> float:
    """Part of whole, 0 where there is nothing."""
    return part / whole if whole else 0.0


def clustering_figures(found: Sequence[Hashable], right: Sequence[Hashable]) -> dict[str, float]:
    """How well found clusters agree with the right ones; the two sequences name each item's cluster.

    BCubed: Bagga and Baldwin (1998), each item counted once. Story F1: the mean, over right stories of two or more
    items, of the best found cluster's F1. Pairwise: over pairs of items of one cluster.
    """
    both = Counter(zip(found, right, strict=True))
    of_found, of_right = Counter(found), Counter(right)
    precision = share(sum(n * n / of_found[one] for (one, _), n in both.items()), len(found))
    recall = share(sum(n * n / of_right[other] for (_, other), n in both.items()), len(found))
    best: dict[Hashable, float] = defaultdict(float)
    for (one, other), n in both.items():
        best[other] = max(best[other], 2 * n / (of_found[one] + of_right[other]))
    told_twice = [story for story, n in of_right.items() if n > 1]
    hits, pairs_found, pairs_right = (sum(n * (n - 1) // 2 for n in c.values()) for c in (both, of_found, of_right))
    pair_precision, pair_recall = share(hits, pairs_found), share(hits, pairs_right)
    return {
        "items": len(found),
        "stories": len(of_right),
        "stories_of_several": len(told_twice),
        "found": len(of_found),
        "found_of_several": sum(n > 1 for n in of_found.values()),
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f1": f1(precision, recall),
        "story_f1": share(sum(best[story] for story in told_twice), len(told_twice)),
        "pairs_right": pairs_right,
        "pairs_found": pairs_found,
        "pairs_hit": hits,
        "pair_precision": pair_precision,
        "pair_recall": pair_recall,
        "pair_f1": f1(pair_precision, pair_recall),
    }


def yes_no_figures(found: Sequence[bool], right: Sequence[bool]) -> dict[str, float]:
    """How well found yes and no agree with the right ones; `no_caught` is the share of the right noes found."""
    hits = sum(one and other for one, other in zip(found, right, strict=True))
    precision, recall = share(hits, sum(found)), share(hits, sum(right))
    noes = len(right) - sum(right)
    return {
        "items": len(right),
        "yes": sum(right),
        "precision": precision,
        "recall": recall,
        "f1": f1(precision, recall),
        "no_caught": share(sum(not one and not other for one, other in zip(found, right, strict=True)), noes),
    }


def label_figures(found: Sequence[Sequence[str]], right: Sequence[str]) -> dict[str, float]:
    """How well the first of the found labels agrees with the right one, and whether the right one is among them.

    Macro F1 is the mean over the labels that are right somewhere.
    """
    first = [labels[0] if labels else "" for labels in found]
    hits = Counter(one for one, other in zip(first, right, strict=True) if one == other)
    of_first, of_right = Counter(first), Counter(right)
    scores = [f1(share(hits[label], of_first[label]), share(hits[label], n)) for label, n in of_right.items()]
    return {
        "items": len(right),
        "accuracy": share(hits.total(), len(right)),
        "macro_f1": share(sum(scores), len(scores)),
        "among_named": share(sum(other in labels for labels, other in zip(found, right, strict=True)), len(right)),
    }


def duplicate_figures(found: Sequence[str], right: Sequence[str]) -> dict[str, float]:
    """How well found copies agree with the right ones; the two sequences name each item's original, empty for none."""
    figures = yes_no_figures([bool(one) for one in found], [bool(other) for other in right])
    both = [(one, other) for one, other in zip(found, right, strict=True) if one and other]
    return {
        "items": figures["items"],
        "copies": figures["yes"],
        "precision": figures["precision"],
        "recall": figures["recall"],
        "f1": figures["f1"],
        "right_original": share(sum(one == other for one, other in both), len(both)),
    }

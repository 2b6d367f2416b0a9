"""What of a report is embedded, and how near it is in meaning to a story. Pure; any embedding model will do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

Vector = tuple[float, ...]

MEANING_FEATURES = ("best_meaning", "mean_meaning", "centre_meaning")


def meaning_features(new: Vector, members: Sequence[Vector]) -> tuple[float, ...]:
    """`MEANING_FEATURES` of a report against some of a story's members, in their order, each -1 to 1.

    All vectors are of unit length. Members without a vector, or with one of another model's width, are left out; when
    none is left, or the report has no vector, nothing is known and the tuple is empty.
    """
    known = [vector for vector in members if vector and len(vector) == len(new)]
    if not known:
        return ()
    cosines = [sum(map(mul, new, vector)) for vector in known]
    total = math.fsum(cosines)
    centre = [sum(values) for values in zip(*known, strict=True)]
    # The product of the report and the centre is the sum of the cosines.
    return max(cosines), total / len(known), total / (_length(centre) or 1.0)


def _length(vector: Sequence[float]) -> float:
    return math.sqrt(sum(map(mul, vector, vector)))

"""How much a term weighs: the rarer, the more."""

from __future__ import annotations

import math

from newsdesk.stories.clustering.comparing.learned import WORD_RATES

# General word frequencies count as much as this many reports of the window.
PRIOR_REPORTS = 1500
# A term that is in nearly every report still weighs so much, in nats.
MIN_WEIGHT = 0.1


class Weights(dict[str, float]):
    """The inverse document frequency of each term over the open window and the language at large, in nats."""

    def __init__(self, reports_with: dict[str, int]) -> None:
        self.reports = 0
        self._reports_with = reports_with

    def __missing__(self, term: str) -> float:
        expected = PRIOR_REPORTS * WORD_RATES.get(term, 0.0)
        weight = math.log((self.reports + PRIOR_REPORTS) / (self._reports_with.get(term, 0) + expected + 1.0))
        self[term] = weight = max(weight, MIN_WEIGHT)
        return weight

    def count(self, reports: int) -> None:
        """Take so many reports to be open, to the next lower fourth root of two: weights need not follow each one."""
        rounded = int(2 ** (math.floor(4 * math.log2(reports)) / 4)) if reports else 0
        if rounded != self.reports:
            self.clear()
            self.reports = rounded

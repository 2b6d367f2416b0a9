"""What was learned from labelled days: general word rates and the odds formula of `likeness`. Numbers, no texts."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: the coefficients belong to `likeness.FEATURES`, in that order.

    Without times to those, `names.NAME_FEATURES` and `opening.OPENING_FEATURES`; with vectors to those and
    `meaning.MEANING_FEATURES`.
    """

    intercept: float
    coefficients: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """The probability of yes, 0 to 1."""
        if len(values) != len(self.coefficients):
            raise ValueError("There must be as many values as coefficients.")
        odds = self.intercept + sum(map(mul, self.coefficients, values))
        return 1.0 / (1.0 + math.exp(-max(min(odds, 30.0), -30.0)))


def _logistic(values: dict[str, Any]) -> Logistic:
    return Logistic(values["intercept"], tuple(values["coefficients"]))


SHIPPED = Path(__file__).with_name("clusterer.json")
_learned = json.loads(SHIPPED.read_text(encoding="utf-8"))

# Of a stream of news, and of a collection of reports without times, where stories neither begin nor end.
LIKENESS, LIKENESS_WITHOUT_TIMES = _logistic(_learned["stream"]), _logistic(_learned["collection"])
# Of a stream, where the report and a report of the story have vectors.
LIKENESS_WITH_VECTORS = _logistic(_learned["stream_with_vectors"])
# Share of AI and technology reports whose title or lead holds a term, for terms common on most days.
WORD_RATES: dict[str, float] = _learned["word_rates"]

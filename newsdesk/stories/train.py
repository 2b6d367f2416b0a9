"""Learn this desk's own weights from its editors, and keep them only if they do no worse on what they have not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.recording import Record
from newsdesk.stories.clusterer import JOIN
from newsdesk.stories.evaluation.kinds import Figures, cluster_with
from newsdesk.stories.evidence import read_evidence
from newsdesk.stories.learned import LIKENESS, Logistic
from newsdesk.stories.trained import Trained, read_trained, shipped_curvature, write_trained
from newsdesk.stories.training import Evidence, folds_of, total_loss, update

# With less, what is learned is chance; and to leave edits out there must be several.
MIN_PAIRS, MIN_EDITS = 20, 2
# Figures on the labelled days that may not become worse.
MEASURED = ("bcubed_f1", "story_f1", "pair_f1")


class TooLittleSaidError(Exception):
    """Editors have said too little to learn from: so many pairs in so many edits."""

    def __init__(self, pairs: int, edits: int) -> None:
        super().__init__(f"{pairs} pairs of {edits} edits; it takes {MIN_PAIRS} pairs of {MIN_EDITS} edits.")


@dataclass(frozen=True, slots=True)
class Judged:
    """How weights do on what they were not learned from.

    `loss` is the mean log loss, in nats, on what editors said, `agreed` the share of it decided alike, 0 to 1; `days`
    are `evaluate`'s figures on labelled days.
    """

    loss: float
    agreed: float
    days: Figures


@dataclass(frozen=True, slots=True)
class Training:
    """What came of a training: how much there was to learn from, both judgements, and whether the new one is kept."""

    pairs: int
    edits: int
    old: Judged
    new: Judged
    is_better: bool


def train(days: Sequence[Sequence[Record]], *, is_trial: bool = False) -> Training:
    """Learn from what editors said, judge by what was left out, and keep the new weights if nothing becomes worse.

    Each edit is judged by weights that have not learned from it: new ones learned from the other edits, and of the old
    ones, where they had learned from it, the shipped ones. `days` are labelled days that none was learned from. A trial
    keeps nothing. The same rows give the same weights.

    Raises:
        TooLittleSaidError: there is too little to learn from.
        NoCurvatureError: the shipped weights came without what is needed to learn from them.
    """
    curvature = shipped_curvature()
    evidence = read_evidence()
    edits = sorted({one.change for one in evidence})
    if len(evidence) < MIN_PAIRS or len(edits) < MIN_EDITS:
        raise TooLittleSaidError(len(evidence), len(edits))
    old, model = read_trained(), update(evidence, LIKENESS, curvature)
    left_out = [(update(learned, LIKENESS, curvature), rest) for learned, rest in folds_of(evidence)]
    new_judged = _judged(left_out, days, model)
    old_judged = _judged(_unseen_by(old, evidence), days, old.likeness if old else LIKENESS)
    is_better = new_judged.loss <= old_judged.loss and all(
        new_judged.days[name] >= old_judged.days[name] for name in MEASURED
    )
    if is_better and not is_trial:
        write_trained(model, edits)
    return Training(len(evidence), len(edits), old_judged, new_judged, is_better)


def _unseen_by(old: Trained | None, evidence: Sequence[Evidence]) -> list[tuple[Logistic, list[Evidence]]]:
    """The evidence by the weights, old or shipped, that have not learned from it."""
    learned = set(old.changes) if old else set()
    seen = [one for one in evidence if one.change in learned]
    unseen = [one for one in evidence if one.change not in learned]
    return [(LIKENESS, seen), (old.likeness if old else LIKENESS, unseen)]


def _judged(
    parts: Sequence[tuple[Logistic, Sequence[Evidence]]], days: Sequence[Sequence[Record]], model: Logistic
) -> Judged:
    count = sum(len(rest) for _, rest in parts)
    loss = math.fsum(total_loss(rest, used) for used, rest in parts) / count
    agreed = sum((used.probability(one.values) >= JOIN) == one.is_same for used, rest in parts for one in rest) / count
    measured = [cluster_with(records, model)[1] for records in days]
    figures = {name: math.fsum(one[name] for one in measured) / len(measured) for name in MEASURED}
    return Judged(loss, agreed, figures)

"""Learn this desk's own weights from its editors, and keep them only if they do no worse on what they have not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feeds.recording import Record
from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.comparing.own_odds import Odds, Trained, read_trained, shipped_models
from newsdesk.stories.clustering.joining import JOIN
from newsdesk.stories.evaluation.kinds import Figures, cluster_with
from newsdesk.stories.training.evidence import read_evidence
from newsdesk.stories.training.trained import shipped_curvatures, write_trained
from newsdesk.stories.training.update import Evidence, Matrix, folds_of, log_loss, update

# With less, what is learned is chance; and to leave edits out there must be several.
MIN_PAIRS, MIN_EDITS = 20, 2
# Figures on the labelled days that may not become worse.
MEASURED = ("bcubed_f1", "story_f1", "pair_f1")


class TooLittleSaid(Exception):
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
        TooLittleSaid: there is too little to learn from.
        NoCurvature: the shipped weights came without what is needed to learn from them.
    """
    curvatures = shipped_curvatures()
    evidence = [one for one in read_evidence() if _shipped_for(one) in curvatures]
    edits = sorted({one.change for one in evidence})
    if len(evidence) < MIN_PAIRS or len(edits) < MIN_EDITS:
        raise TooLittleSaid(len(evidence), len(edits))
    old, odds = read_trained(), _learned(evidence, curvatures)
    left_out = [(_learned(part, curvatures), rest) for part, rest in folds_of(evidence)]
    new_judged = _judged(left_out, days, odds)
    old_judged = _judged(_unseen_by(old, evidence), days, old.odds)
    is_better = new_judged.loss <= old_judged.loss and all(
        new_judged.days[name] >= old_judged.days[name] for name in MEASURED
    )
    if is_better and not is_trial:
        write_trained(odds, edits)
    return Training(len(evidence), len(edits), old_judged, new_judged, is_better)


def _shipped_for(one: Evidence) -> Logistic | None:
    """The shipped formula of as many features."""
    fitting = (model for model in shipped_models().values() if len(model.coefficients) == len(one.values))
    return next(fitting, None)


def _learned(evidence: Sequence[Evidence], curvatures: Mapping[Logistic, Matrix]) -> Odds:
    """Each formula, updated by the evidence that is of its features."""
    return {
        shipped: update([one for one in evidence if _shipped_for(one) == shipped], shipped, curvature)
        for shipped, curvature in curvatures.items()
    }


def _unseen_by(old: Trained, evidence: Sequence[Evidence]) -> list[tuple[Odds, list[Evidence]]]:
    """The evidence by the weights, shipped or old, that have not learned from it."""
    seen = [one for one in evidence if one.change in old.changes]
    unseen = [one for one in evidence if one.change not in old.changes]
    return [({}, seen), (old.odds, unseen)]


def _judged(parts: Sequence[tuple[Odds, Sequence[Evidence]]], days: Sequence[Sequence[Record]], odds: Odds) -> Judged:
    told = [(_used(one, own), one) for own, rest in parts for one in rest]
    loss = math.fsum(log_loss(one, model) for model, one in told) / len(told)
    agreed = sum((model.probability(one.values) >= JOIN) == one.is_same for model, one in told) / len(told)
    measured = [cluster_with(records, odds)[1] for records in days]
    figures = {name: math.fsum(one[name] for one in measured) / len(measured) for name in MEASURED}
    return Judged(loss, agreed, figures)


def _used(one: Evidence, own: Odds) -> Logistic:
    shipped = _shipped_for(one)
    if shipped is None:
        raise ValueError("There is no formula of so many features.")
    return own.get(shipped, shipped)

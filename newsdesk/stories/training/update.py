"""Learn from editors: a Bayesian update of the shipped odds formula by what they merged, split and moved. Pure.

What the shipped weights were learned from is not shipped. In its place stands the curvature of its loss at those
weights: near them the loss is half the curvature times the square of the distance (Laplace's approximation; MacKay,
"A practical Bayesian framework for backpropagation networks", 1992), and that is added to the loss of what editors
said. Works for any number of features; sums are taken in one order, so that the same rows give the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import mul

from newsdesk.stories.clustering.comparing.learned import Logistic

# How much the shipped weights' own evidence counts against an editor's, row for row (`docs/evaluation.md`).
STRENGTH = 1.0
FOLDS = 5
MAX_STEPS = 50
MAX_HALVINGS = 30
# Newton's steps end when none changes a weight by more than this.
SETTLED = 1e-9
DECIMALS = 6

Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`likeness.FEATURES` of a report against a story, and whether it tells that, as the edit `change` said."""

    change: int
    values: tuple[float, ...]
    is_same: bool


def update(evidence: Sequence[Evidence], prior: Logistic, curvature: Matrix, *, strength: float = STRENGTH) -> Logistic:
    """The weights that evidence and prior together make most probable, by Newton's method.

    `curvature` is that of `curvature_at`, intercept first; `strength` 0 to 1 says what it counts.

    Raises:
        ValueError: the sizes of the three do not fit one another.
    """
    start = [prior.intercept, *prior.coefficients]
    if len(curvature) != len(start) or any(len(one.values) + 1 != len(start) for one in evidence):
        raise ValueError("Evidence, weights and curvature must be of the same features.")
    held = [[strength * value for value in row] for row in curvature]
    rows = [((1.0, *one.values), 1.0 if one.is_same else 0.0) for one in evidence]

    def loss(weights: Sequence[float]) -> float:
        away = [new - old for new, old in zip(weights, start, strict=True)]
        return math.fsum(
            [_log_loss(_odds(weights, values), answer) for values, answer in rows]
            + [0.5 * one * _dot(row, away) for one, row in zip(away, held, strict=True)]
        )

    def step(weights: Sequence[float]) -> list[float]:
        away = [new - old for new, old in zip(weights, start, strict=True)]
        chances = [_chance(_odds(weights, values)) for values, _ in rows]
        gradient = [
            math.fsum([(chance - answer) * values[n] for chance, (values, answer) in zip(chances, rows, strict=True)])
            + _dot(row, away)
            for n, row in enumerate(held)
        ]
        spread = _spread((values, chance * (1.0 - chance)) for chance, (values, _) in zip(chances, rows, strict=True))
        hessian = _added(held, spread) if rows else held
        return solve(hessian, gradient)

    found = _descend(start, loss, step)
    return Logistic(round(found[0], DECIMALS), tuple(round(value, DECIMALS) for value in found[1:]))


def curvature_at(rows: Iterable[tuple[Sequence[float], float]], model: Logistic, ridge: float) -> list[list[float]]:
    """The curvature (second derivatives) of a model's training loss, intercept first; (features + 1) squared.

    `rows` are the features of each training row and its weight; `ridge` is the model's L2 penalty, of which the
    intercept has none.
    """
    weights = [model.intercept, *model.coefficients]
    found = _spread(
        (
            (1.0, *values),
            weight * (chance := _chance(_odds(weights, (1.0, *values)))) * (1.0 - chance),
        )
        for values, weight in rows
    )
    for n in range(1, len(weights)):
        found[n][n] += ridge
    return found


def folds_of(evidence: Sequence[Evidence]) -> list[tuple[list[Evidence], list[Evidence]]]:
    """(learned from, left out) parts, so that no edit is in both of a pair and each is left out once."""
    changes = sorted({one.change for one in evidence})
    fold_of = {change: n % FOLDS for n, change in enumerate(changes)}
    return [
        (
            [one for one in evidence if fold_of[one.change] != fold],
            [one for one in evidence if fold_of[one.change] == fold],
        )
        for fold in range(min(FOLDS, len(changes)))
    ]


def log_loss(one: Evidence, model: Logistic) -> float:
    """The log loss in nats: 0 where the model is sure of what an editor said."""
    return _log_loss(_odds([model.intercept, *model.coefficients], (1.0, *one.values)), float(one.is_same))


def solve(matrix: Matrix, right: Sequence[float]) -> list[float]:
    """The solution of a symmetric positive definite system, by Cholesky's decomposition.

    Raises:
        ValueError: the matrix is not positive definite.
    """
    size = len(right)
    lower: list[list[float]] = []
    for i in range(size):
        row: list[float] = []
        for j in range(i + 1):
            rest = matrix[i][j] - _dot(row[:j], lower[j][:j] if j < i else row[:j])
            if i == j and rest <= 0.0:
                raise ValueError("The curvature is not positive definite.")
            row.append(math.sqrt(rest) if i == j else rest / lower[j][j])
        lower.append(row)
    halfway: list[float] = []
    for i in range(size):
        halfway.append((right[i] - _dot(lower[i][:i], halfway)) / lower[i][i])
    solution = [0.0] * size
    for i in reversed(range(size)):
        above = math.fsum(lower[j][i] * solution[j] for j in range(i + 1, size))
        solution[i] = (halfway[i] - above) / lower[i][i]
    return solution


def _descend(
    start: Sequence[float], loss: Callable[[Sequence[float]], float], step: Callable[[Sequence[float]], list[float]]
) -> list[float]:
    """Newton's steps, each halved until it does not climb."""
    found, best = list(start), loss(start)
    for _ in range(MAX_STEPS):
        way = step(found)
        for halving in range(MAX_HALVINGS):
            tried = [value - part / 2**halving for value, part in zip(found, way, strict=True)]
            if (now := loss(tried)) <= best:
                break
        else:
            return found
        moved = max(abs(new - old) for new, old in zip(tried, found, strict=True))
        found, best = tried, now
        if moved <= SETTLED:
            return found
    return found


def _spread(rows: Iterable[tuple[Sequence[float], float]]) -> list[list[float]]:
    """The sum of weight times each row's outer product with itself."""
    total: list[list[float]] = []
    for values, weight in rows:
        if not total:
            total = [[0.0] * len(values) for _ in values]
        for n, value in enumerate(values):
            if value:
                scaled, line = weight * value, total[n]
                for m in range(n + 1):
                    line[m] += scaled * values[m]
    for n, line in enumerate(total):
        for m in range(n):
            total[m][n] = line[m]
    return total


def _added(one: Matrix, other: Matrix) -> list[list[float]]:
    return [[a + b for a, b in zip(left, right, strict=True)] for left, right in zip(one, other, strict=True)]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(mul, one, other))


def _odds(weights: Sequence[float], values: Sequence[float]) -> float:
    return max(min(_dot(weights, values), 30.0), -30.0)


def _chance(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))


def _log_loss(odds: float, answer: float) -> float:
    return math.log1p(math.exp(-odds)) + (1.0 - answer) * odds

"""The arithmetic of learning from editors."""

from __future__ import annotations

import math
import random

import pytest

from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.comparing.own_odds import shipped_models
from newsdesk.stories.training.trained import shipped_curvatures
from newsdesk.stories.training.update import FOLDS, Evidence, curvature_at, folds_of, log_loss, solve, update

RIDGE = 0.5


def said(features: int, count: int, seed: int, *, changes: int = 7) -> list[Evidence]:
    """Made-up evidence: what is alike is the sum of the first two figures, with some noise."""
    dice = random.Random(seed)
    rows = []
    for n in range(count):
        values = tuple(dice.uniform(0, 1) for _ in range(features))
        rows.append(Evidence(n % changes, values, values[0] + values[1] + dice.gauss(0, 0.4) > 1))
    return rows


def ridge(features: int) -> list[list[float]]:
    """The curvature of knowing nothing but the penalty."""
    return [[(RIDGE if n else 1e-6) * (n == m) for m in range(features + 1)] for n in range(features + 1)]


def total_loss(evidence: list[Evidence], model: Logistic) -> float:
    return sum(log_loss(one, model) for one in evidence)


def weights(model: Logistic) -> list[float]:
    return [model.intercept, *model.coefficients]


@pytest.mark.parametrize("features", [2, 24, 60])
def test_no_small_step_from_the_update_lowers_the_loss(features: int) -> None:
    evidence, prior = said(features, 80, 1), Logistic(-1.0, (0.5,) * features)
    curvature = [[(2.0 + n) * (n == m) + 0.1 for m in range(features + 1)] for n in range(features + 1)]

    def loss(found: list[float]) -> float:
        away = [a - b for a, b in zip(found, weights(prior), strict=True)]
        bent = sum(
            a * row * b for a, line in zip(away, curvature, strict=True) for row, b in zip(line, away, strict=True)
        )
        return total_loss(evidence, Logistic(found[0], tuple(found[1:]))) + bent / 2

    found = weights(update(evidence, prior, curvature, strength=1.0))
    assert loss(found) < loss(weights(prior)) - 1
    for n in range(features + 1):
        for step in (-1e-3, 1e-3):
            assert loss([value + step * (m == n) for m, value in enumerate(found)]) > loss(found)


def test_the_curvature_stands_for_what_was_learned_from_before() -> None:
    features, nothing = 5, Logistic(0.0, (0.0,) * 5)
    first, later = said(features, 4000, 2), said(features, 200, 3)
    shipped = update(first, nothing, ridge(features), strength=1.0)
    curvature = curvature_at([(one.values, 1.0) for one in first], shipped, RIDGE)
    learned = weights(update(later, shipped, curvature, strength=1.0))
    together = weights(update(first + later, nothing, ridge(features), strength=1.0))
    alone = weights(update(later, nothing, ridge(features), strength=1.0))
    assert math.dist(learned, together) < 0.1 * math.dist(weights(shipped), together)
    assert math.dist(alone, together) > 10 * math.dist(learned, together)


def test_the_curvature_is_the_second_difference_of_the_loss() -> None:
    rows, model, step = said(3, 50, 4), Logistic(-0.3, (0.4, 0.2, -0.1)), 1e-3
    curvature = curvature_at([(one.values, 0.5) for one in rows], model, RIDGE)

    def loss(found: list[float]) -> float:
        return 0.5 * total_loss(rows, Logistic(found[0], tuple(found[1:]))) + RIDGE / 2 * sum(x * x for x in found[1:])

    for n in range(4):
        for m in range(4):
            corners = [
                one
                * other
                * loss([x + step * (one * (k == n) + other * (k == m)) for k, x in enumerate(weights(model))])
                for one in (-1, 1)
                for other in (-1, 1)
            ]
            assert curvature[n][m] == pytest.approx(sum(corners) / (4 * step * step), rel=1e-3, abs=1e-3)


def test_nothing_said_changes_nothing_and_a_stronger_prior_gives_way_less() -> None:
    evidence, prior = said(3, 60, 5), Logistic(-1.0, (0.5, 0.5, 0.5))
    curvature = ridge(3)
    assert update([], prior, curvature) == prior
    ways = [math.dist(weights(update(evidence, prior, curvature, strength=s)), weights(prior)) for s in (1, 10, 1000)]
    assert ways[0] > ways[1] > ways[2] > 0


def test_the_same_rows_give_the_same_weights_and_sizes_must_agree() -> None:
    evidence, prior = said(3, 60, 5), Logistic(-1.0, (0.5, 0.5, 0.5))
    assert update(evidence, prior, ridge(3)) == update(list(evidence), prior, ridge(3))
    with pytest.raises(ValueError, match="same features"):
        update(evidence, prior, ridge(4))
    with pytest.raises(ValueError, match="not positive definite"):
        solve([[1.0, 2.0], [2.0, 1.0]], [1.0, 1.0])


def test_no_edit_is_learned_from_and_left_out_at_once() -> None:
    evidence = said(2, 60, 6, changes=8)
    parts = folds_of(evidence)
    assert len(parts) == FOLDS
    for learned, rest in parts:
        assert rest and not {one.change for one in learned} & {one.change for one in rest}
        assert len(learned) + len(rest) == len(evidence)
    assert sorted((one.change, one.values) for _, rest in parts for one in rest) == sorted(
        (one.change, one.values) for one in evidence
    )
    assert len(folds_of(said(2, 9, 7, changes=2))) == 2


def test_the_shipped_weights_come_with_their_curvature() -> None:
    curvatures = shipped_curvatures()
    assert shipped_models()["stream"] in curvatures
    for model, curvature in curvatures.items():
        assert len(curvature) == len(model.coefficients) + 1
        assert curvature == [list(column) for column in zip(*curvature, strict=True)]
        solve(curvature, [1.0] * len(curvature))

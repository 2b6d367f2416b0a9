"""Train the theme and relevance classifiers on labelled files, and say how well they do on files they have not seen.

    python bench/train_classifiers.py --stream STREAM labelled/*.jsonl
    python bench/train_classifiers.py --dry-run --stream STREAM labelled/*.jsonl

A labelled file is JSONL with `title`, `summary`, `theme` ("none" where irrelevant) and `relevant`; STREAM is a recorded
stream, of which only the company of words is used (`word_vectors.py`), or is left out. Each file in turn is held out,
and the figures of each, their mean and the pooled ones are printed; what is shipped is trained on all of them. Only
features and numbers are written: words and pairs that stand in three labelled texts or more, and words that stand in
five records or more of the stream. Needs numpy; the same files give the same weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from word_vectors import Vectors, read_words, word_vectors

from newsdesk.stories.classifying.linear import WEIGHTS, Features, features
from newsdesk.stories.classifying.relevance import RELEVANT, THRESHOLD, has_ai_evidence
from newsdesk.stories.text import normalise

THEMES = (
    "launches", "shutdowns", "security", "funding", "partnerships", "policy",
    "lawsuits", "research", "open-models", "compute", "people", "society",
)  # fmt: skip
MIN_TEXTS = 3
STEPS = 120
SCALE = 100
# Chosen by the cross-validation that this script prints: strength of the pull to zero, how far rare classes are
# weighed up (0 not at all, 1 to parity), and how much a word's company counts beside the word itself.
THEME_PULL, THEME_BALANCE = 0.008, 0.8
RELEVANCE_PULL, RELEVANCE_BALANCE = 0.008, 0.5
COMPANY = 0.3
# Features that weigh less than this for every class are left out: a quarter and a half of them, and no figure changes
# by more than .002; at .05 some do.
MIN_WEIGHT = 0.025

Matrix = np.ndarray
Example = tuple[Features, dict]


class Model(NamedTuple):
    """Weights and biases by class; `column` is the row of a feature in `weights`."""

    column: dict[str, int]
    weights: Matrix
    bias: Matrix


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--stream", type=Path, help="unlabelled records to learn the company of words from")
    options.add_argument("--dry-run", action="store_true", help="write nothing")
    arguments = options.parse_args()
    parts = [[json.loads(line) for line in path.open(encoding="utf-8")] for path in arguments.files]
    seen = [[(features(*text_of(item)), item) for item in part] for part in parts]
    company = word_vectors(read_words(arguments.stream)) if arguments.stream else ({}, np.zeros((0, 1)))
    slopes = cross_validate_themes(seen, company)
    slope, offset = cross_validate_relevance(seen, company)
    if arguments.dry_run:
        return
    everything = [pair for part in seen for pair in part]
    WEIGHTS.mkdir(exist_ok=True)
    column, weights, bias = fit_themes(everything, company)
    write("themes", THEMES, Model(column, weights * slopes, bias * slopes))
    column, weights, bias = fit_relevance(everything, company)
    bias = bias * slope + np.array([-offset / 2, offset / 2])
    write("relevance", ("irrelevant", RELEVANT), Model(column, weights * slope, bias))


def text_of(item: dict) -> tuple[str, str]:
    return normalise(item["title"]), normalise(item.get("summary") or item.get("body") or "")


def has_theme(item: dict) -> bool:
    return item["relevant"] and item["theme"] in THEMES


def fit_themes(pairs: list[Example], company: Vectors) -> Model:
    themed = [(found, THEMES.index(item["theme"])) for found, item in pairs if has_theme(item)]
    return fit(themed, len(THEMES), THEME_PULL, THEME_BALANCE, company)


def fit_relevance(pairs: list[Example], company: Vectors) -> Model:
    judged = [(found, int(item["relevant"])) for found, item in pairs]
    return fit(judged, 2, RELEVANCE_PULL, RELEVANCE_BALANCE, company)


def without(held_out: int, parts: list[list[Example]]) -> list[Example]:
    return [pair for n, part in enumerate(parts) if n != held_out for pair in part]


def cross_validate_themes(parts: list[list[Example]], company: Vectors) -> float:
    """Print the figures; return by how much scores are to be stretched for the probabilities to hold."""
    scores, golds = [], []
    for held_out, part in enumerate(parts):
        model = fit_themes(without(held_out, parts), company)
        tested = [(found, THEMES.index(item["theme"])) for found, item in part if has_theme(item)]
        scores.append(score(model, [found for found, _ in tested]))
        golds.append(np.array([theme for _, theme in tested]))
    figures = [theme_figures(*one) for one in zip(scores, golds, strict=True)]
    for name, line in [*enumerate(figures, 1), ("mean", np.mean(figures, axis=0))]:
        print(f"themes {name!s:>5}  accuracy {line[0]:.3f}  macro F1 {line[1]:.3f}  among two {line[2]:.3f}")
    pooled, gold = np.concatenate(scores), np.concatenate(golds)
    print("      pooled  accuracy {:.3f}  macro F1 {:.3f}  among two {:.3f}".format(*theme_figures(pooled, gold)))
    # Each file's probabilities are stretched by what suits the others.
    fitted = [
        stretch(*(np.concatenate([one for n, one in enumerate(many) if n != k]) for many in (scores, golds)))
        for k in range(len(parts))
    ]
    shares = np.concatenate([softmax(one * by) for one, by in zip(scores, fitted, strict=True)])
    print_calibration("right", shares.max(1), shares.argmax(1) == gold)
    return stretch(pooled, gold)


def cross_validate_relevance(parts: list[list[Example]], company: Vectors) -> tuple[float, float]:
    """Print the figures; return slope and offset of the scores for the probabilities to hold (Platt 1999)."""
    scores, golds, evident = [], [], []
    for held_out, part in enumerate(parts):
        found = score(fit_relevance(without(held_out, parts), company), [found for found, _ in part])
        scores.append(found[:, 1] - found[:, 0])
        golds.append(np.array([bool(item["relevant"]) for _, item in part]))
        evident.append(np.array([has_ai_evidence(*text_of(item)) for _, item in part]))
    shares = []
    for k, (found, evidence) in enumerate(zip(scores, evident, strict=True)):
        others = [n for n in range(len(parts)) if n != k]
        slope, offset = platt(*(np.concatenate([many[n][evident[n]] for n in others]) for many in (scores, golds)))
        shares.append(evidence / (1 + np.exp(-slope * found - offset)))
    figures = [relevance_figures(*one) for one in zip(shares, golds, strict=True)]
    for name, line in [*enumerate(figures, 1), ("mean", np.mean(figures, axis=0))]:
        print(f"relevance {name!s:>5}  F1 {line[0]:.3f}  irrelevant caught {line[1]:.3f}")
    share, gold = np.concatenate(shares), np.concatenate(golds)
    print("         pooled  F1 {:.3f}  irrelevant caught {:.3f}".format(*relevance_figures(share, gold)))
    print_calibration("relevant", share, gold)
    evidence = np.concatenate(evident)
    return platt(np.concatenate(scores)[evidence], gold[evidence])


def theme_figures(scores: Matrix, gold: Matrix) -> tuple[float, float, float]:
    first = scores.argmax(1)
    among_two = (np.argsort(-scores, axis=1)[:, :2] == gold[:, None]).any(1)
    return (first == gold).mean(), macro_f1(gold, first), among_two.mean()


def relevance_figures(share: Matrix, gold: Matrix) -> tuple[float, float]:
    guess = share >= THRESHOLD
    return f1(gold, guess), (~guess & ~gold).sum() / (~gold).sum()


def print_calibration(what: str, share: Matrix, gold: Matrix) -> None:
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        chosen = (share >= low) & (share < low + 0.2 + (low == 0.8))
        right = gold[chosen].mean() if chosen.any() else 0.0
        print(f"      said {low:.1f}-{low + 0.2:.1f}: {chosen.sum():4d} items, {right:.2f} {what}")


def stretch(scores: Matrix, gold: Matrix) -> float:
    """The factor of the scores under which the right classes are likeliest (Guo et al. 2017, inverse temperature)."""
    factors = np.arange(0.5, 3.0, 0.05)
    rows = np.arange(len(gold))
    return float(factors[np.argmax([np.log(softmax(scores * by)[rows, gold]).sum() for by in factors])])


def platt(scores: Matrix, gold: Matrix) -> tuple[float, float]:
    """Slope and offset of a logistic curve through the scores, by Newton's method."""
    known = np.stack([scores, np.ones_like(scores)], axis=1)
    fitted = np.array([1.0, 0.0])
    for _ in range(30):
        share = 1 / (1 + np.exp(-known @ fitted))
        bend = known.T @ (known * (share * (1 - share))[:, None])
        fitted += np.linalg.solve(bend, known.T @ (gold - share))
    return float(fitted[0]), float(fitted[1])


def f1(gold: Matrix, guess: Matrix) -> float:
    return float(2 * (gold & guess).sum() / max(1, gold.sum() + guess.sum()))


def macro_f1(gold: Matrix, guess: Matrix) -> float:
    return float(np.mean([f1(gold == theme, guess == theme) for theme in np.unique(gold)]))


def fit(examples: list[tuple[Features, int]], classes: int, pull: float, balance: float, company: Vectors) -> Model:
    """Multinomial logistic regression with an L2 pull, by Nesterov's accelerated gradient (1983).

    It also sees the sum of the vectors of a text's words. Being linear, what it learns of them is a weight for every
    word that has a vector, and is added to the word's own.
    """
    texts = Counter(name for found, _ in examples for name in found)
    kept = {name for name, count in texts.items() if count >= MIN_TEXTS}
    row, vectors = company
    column = {name: n for n, name in enumerate(sorted(kept | row.keys()))}
    seen = matrix(column, [found for found, _ in examples])
    worded = np.zeros((len(column), vectors.shape[1]), np.float32)
    worded[[column[word] for word in row]] = COMPANY * vectors
    own = np.array([name in kept for name in sorted(column)])
    known, back = turned(np.hstack([seen[:, own], seen @ worded]))
    gold = np.array([label for _, label in examples])
    counts = np.bincount(gold, minlength=classes).clip(1)
    importance = (counts.mean() / counts[gold]) ** balance
    importance = (importance / importance.sum())[:, None].astype(np.float32)
    wanted = np.eye(classes, dtype=np.float32)[gold]
    direction = np.ones(known.shape[1], np.float32)
    for _ in range(20):
        direction = known.T @ (importance * (known @ direction)[:, None])[:, 0]
        norm = np.linalg.norm(direction)
        direction /= norm
    step = 1 / (norm / 2 + pull)
    weights = before = np.zeros((known.shape[1], classes), np.float32)
    bias = bias_before = np.zeros(classes, np.float32)
    for turn in range(STEPS):
        push = turn / (turn + 3)
        ahead, bias_ahead = weights + push * (weights - before), bias + push * (bias - bias_before)
        excess = importance * (softmax(known @ ahead + bias_ahead) - wanted)
        before, bias_before = weights, bias
        weights = ahead - step * (known.T @ excess + pull * ahead)
        bias = bias_ahead - step * excess.sum(0)
    weights = back @ weights
    whole = worded @ weights[own.sum() :]
    whole[own] += weights[: own.sum()]
    whole[np.abs(whole).max(1) < MIN_WEIGHT] = 0
    return Model(column, whole, bias)


def turned(known: Matrix) -> tuple[Matrix, Matrix]:
    """The same rows in as few columns as they have directions, and the matrix that takes weights back.

    There are far fewer texts than features, and neither the fit nor the pull to zero minds a rotation.
    """
    strength, axes = np.linalg.eigh(known @ known.T)
    kept = strength > 1e-5 * strength.max()
    length = np.sqrt(strength[kept])
    return axes[:, kept] * length, known.T @ (axes[:, kept] / length)


def score(model: Model, texts: list[Features]) -> Matrix:
    column, weights, bias = model
    return matrix(column, texts) @ weights + bias


def matrix(column: dict[str, int], texts: list[Features]) -> Matrix:
    filled = np.zeros((len(texts), len(column)), np.float32)
    for row, found in enumerate(texts):
        for name, value in found.items():
            if name in column:
                filled[row, column[name]] = value
    return filled


def softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def write(name: str, classes: tuple[str, ...], model: Model) -> None:
    column, weights, bias = model
    whole = np.rint(weights * SCALE).astype(int)
    lines = {feature: whole[row].tolist() for feature, row in column.items() if whole[row].any()}
    kept = {"classes": classes, "scale": SCALE, "bias": np.rint(bias * SCALE).astype(int).tolist()}
    body = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{json.dumps(line, separators=(',', ':'))}"
        for feature, line in lines.items()
    )
    text = json.dumps(kept)[:-1] + ', "weights": {\n' + body + "\n}}\n"
    (WEIGHTS / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{name}.json: {len(lines)} features, {len(text) // 1000} kB", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Train the theme and relevance classifiers on labelled files, and say how well they do on files they have not seen.

    NEWSDESK_DATA_DIR=/tmp/x python bench/train_classifiers.py labelled/*.jsonl            # cross-validate, then write
    NEWSDESK_DATA_DIR=/tmp/x python bench/train_classifiers.py --dry-run labelled/*.jsonl  # cross-validate only

A labelled file is JSONL with `title`, `summary`, `theme` ("none" where irrelevant) and `relevant`. Each file in turn is
held out and the mean over the files is printed; what is shipped is trained on all of them. Only features and numbers
are written, and only words and pairs that stand in three texts or more. Needs numpy; the same files give the same
weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newsdesk.stories.linear import WEIGHTS, Features, features
from newsdesk.stories.relevance import RELEVANT, has_ai_evidence
from newsdesk.stories.text import normalise

THEMES = (
    "launches", "shutdowns", "security", "funding", "partnerships", "policy",
    "lawsuits", "research", "open-models", "compute", "people", "society",
)  # fmt: skip
MIN_TEXTS = 3
STEPS = 250
SCALE = 100
# Chosen by the cross-validation that this script prints: strength of the pull to zero, and how far rare classes
# are weighed up (0 not at all, 1 to parity).
THEME_PULL, THEME_BALANCE = 0.002, 0.8
RELEVANCE_PULL, RELEVANCE_BALANCE = 0.008, 0.5

Matrix = np.ndarray


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--dry-run", action="store_true", help="write nothing")
    arguments = options.parse_args()
    parts = [[json.loads(line) for line in path.open()] for path in arguments.files]
    seen = [[(features(*text_of(item)), item) for item in part] for part in parts]
    cross_validate_themes(seen)
    cross_validate_relevance(seen)
    if arguments.dry_run:
        return
    everything = [pair for part in seen for pair in part]
    WEIGHTS.mkdir(exist_ok=True)
    themed = [(found, THEMES.index(item["theme"])) for found, item in everything if has_theme(item)]
    write("themes", THEMES, fit(themed, len(THEMES), THEME_PULL, THEME_BALANCE))
    judged = [(found, int(item["relevant"])) for found, item in everything]
    write("relevance", ("irrelevant", RELEVANT), fit(judged, 2, RELEVANCE_PULL, RELEVANCE_BALANCE))


def text_of(item: dict) -> tuple[str, str]:
    return normalise(item["title"]), normalise(item.get("summary") or item.get("body") or "")


def has_theme(item: dict) -> bool:
    return item["relevant"] and item["theme"] in THEMES


def cross_validate_themes(parts: list[list[tuple[Features, dict]]]) -> None:
    figures = []
    for held_out, part in enumerate(parts):
        rest = [pair for n, other in enumerate(parts) if n != held_out for pair in other]
        model = fit([(f, THEMES.index(i["theme"])) for f, i in rest if has_theme(i)], 12, THEME_PULL, THEME_BALANCE)
        tested = [(found, THEMES.index(item["theme"])) for found, item in part if has_theme(item)]
        shares = predict(model, [found for found, _ in tested])
        gold = np.array([theme for _, theme in tested])
        first = shares.argmax(1)
        among_two = (np.argsort(-shares, axis=1)[:, :2] == gold[:, None]).any(1)
        figures.append(((first == gold).mean(), macro_f1(gold, first), among_two.mean()))
    print("themes      accuracy {:.3f}  macro F1 {:.3f}  among two {:.3f}".format(*np.mean(figures, axis=0)))


def cross_validate_relevance(parts: list[list[tuple[Features, dict]]]) -> None:
    figures, shares, golds = [], [], []
    for held_out, part in enumerate(parts):
        rest = [pair for n, other in enumerate(parts) if n != held_out for pair in other]
        model = fit([(f, int(i["relevant"])) for f, i in rest], 2, RELEVANCE_PULL, RELEVANCE_BALANCE)
        gold = np.array([bool(item["relevant"]) for _, item in part])
        evidence = np.array([has_ai_evidence(*text_of(item)) for _, item in part])
        share = predict(model, [found for found, _ in part])[:, 1] * evidence
        guess = share >= 0.5
        figures.append((f1(gold, guess), (~guess & ~gold).sum() / (~gold).sum()))
        shares.append(share)
        golds.append(gold)
    print("relevance   F1 {:.3f}  irrelevant caught {:.3f}".format(*np.mean(figures, axis=0)))
    share, gold = np.concatenate(shares), np.concatenate(golds)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        chosen = (share >= low) & (share < low + 0.2)
        print(
            f"            said {low:.1f}-{low + 0.2:.1f}: {chosen.sum():4d} items, {gold[chosen].mean():.2f} relevant"
        )


def f1(gold: Matrix, guess: Matrix) -> float:
    return float(2 * (gold & guess).sum() / max(1, gold.sum() + guess.sum()))


def macro_f1(gold: Matrix, guess: Matrix) -> float:
    return float(np.mean([f1(gold == theme, guess == theme) for theme in np.unique(gold)]))


Model = tuple[dict[str, int], Matrix, Matrix]


def fit(examples: list[tuple[Features, int]], classes: int, pull: float, balance: float) -> Model:
    """Multinomial logistic regression with an L2 pull, by Nesterov's accelerated gradient (1983)."""
    texts = Counter(name for found, _ in examples for name in found)
    column = {name: n for n, name in enumerate(sorted(name for name, count in texts.items() if count >= MIN_TEXTS))}
    known = matrix(column, [found for found, _ in examples])
    gold = np.array([label for _, label in examples])
    counts = np.bincount(gold, minlength=classes).clip(1)
    importance = (counts.mean() / counts[gold]) ** balance
    importance = (importance / importance.sum())[:, None]
    wanted = np.eye(classes)[gold]
    direction = np.ones(len(column))
    for _ in range(20):
        direction = known.T @ (importance * (known @ direction)[:, None])[:, 0]
        norm = np.linalg.norm(direction)
        direction /= norm
    step = 1 / (norm / 2 + pull)
    weights = before = np.zeros((len(column), classes))
    bias = bias_before = np.zeros(classes)
    for turn in range(STEPS):
        push = turn / (turn + 3)
        ahead, bias_ahead = weights + push * (weights - before), bias + push * (bias - bias_before)
        excess = importance * (softmax(known @ ahead + bias_ahead) - wanted)
        before, bias_before = weights, bias
        weights = ahead - step * (known.T @ excess + pull * ahead)
        bias = bias_ahead - step * excess.sum(0)
    return column, weights, bias


def predict(model: Model, texts: list[Features]) -> Matrix:
    column, weights, bias = model
    return softmax(matrix(column, texts) @ weights + bias)


def matrix(column: dict[str, int], texts: list[Features]) -> Matrix:
    filled = np.zeros((len(texts), len(column)))
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
    (WEIGHTS / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(lines)} features, {len(text) // 1000} kB", file=sys.stderr)


if __name__ == "__main__":
    main()

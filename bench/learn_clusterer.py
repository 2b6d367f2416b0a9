"""Learn `newsdesk/stories/weights/clusterer.json` from labelled files, and say how well it does on those left out.

    python bench/learn_clusterer.py --days labelled/day-*.jsonl --long labelled/full-texts.jsonl.gz \\
        --titles labelled/long-titles.jsonl.gz --background recorded/stream.jsonl.gz \\
        --output newsdesk/stories/weights/clusterer.json

Each file of `--days` is measured with coefficients learned from the others. `--long` holds reports with full texts,
`--titles` such with long titles only: the coefficients for long reports are learned from both, and a little from the
days. `--background` is an unlabelled stream from which general word rates are counted: words that occur on most of
its days, so that names of a day stay out. Only rates and coefficients are kept.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")

import django  # noqa: E402

django.setup()

from feeds.recording import Record, publisher_slug  # noqa: E402
from newsdesk.stories import clusterer as clusterer_module  # noqa: E402
from newsdesk.stories.clusterer import Clusterer, Item  # noqa: E402
from newsdesk.stories.evaluation.kinds import measure_clustering  # noqa: E402
from newsdesk.stories.evaluation.labelled import label, read_labelled, text_of  # noqa: E402
from newsdesk.stories.evaluation.measures import f1, share  # noqa: E402
from newsdesk.stories.learned import WORD_RATES, Logistic  # noqa: E402
from newsdesk.stories.likeness import FEATURES, profile  # noqa: E402
from newsdesk.stories.roundup import is_round_up  # noqa: E402

MIN_DAYS, MIN_REPORTS = 9, 12
L2 = 1.0
STEPS = 15
# Rows of headlines count so much where full texts are learned: they alone carry times and publishers.
HEADLINES_WEIGHT = 0.3
TITLES_WEIGHT = 0.2

Row = tuple[tuple[float, ...], bool]


def word_rates(path: Path) -> dict[str, float]:
    """Share of a stream's English reports with a term, for terms that occur on most days."""
    reports, days = Counter[str](), defaultdict(set)
    titles: set[tuple[str, ...]] = set()
    for record in read_labelled(path):
        new = profile(record.title, text_of(record), publisher_slug(record))
        if record.lang != "en" or new.title in titles:
            continue
        titles.add(new.title)
        for term in new.terms:
            reports[term] += 1
            days[term].add(record.first_seen.date())
    common = (term for term in sorted(reports) if len(days[term]) >= MIN_DAYS and reports[term] >= MIN_REPORTS)
    return {term: round(reports[term] / len(titles), 5) for term in common}


def rows_of(records: list[Record]) -> list[Row]:
    """Features and answer of every report against its candidates, with the right stories so far as the state."""
    clusterer = Clusterer()
    rows: list[Row] = []
    for key, record in enumerate(records):
        clusterer.advance(record.first_seen)
        publisher, story = publisher_slug(record), label(record, "story") or record.id
        if is_round_up(record.title, publisher):
            continue
        item = Item(key, story, record.first_seen, record.title, text_of(record), publisher)
        new = clusterer.weigh(profile(item.title, item.text, publisher))
        rows += [(clusterer.compare(new, name, item.seen_at), name == story) for name in clusterer.candidates(new)]
        clusterer.restore([(item, story)], clock=item.seen_at)
    return rows


def fit(weighted: list[tuple[Row, float]]) -> Logistic:
    """Ridge logistic regression by Newton's method."""
    size = len(FEATURES) + 1
    weights = [0.0] * size
    data = [((1.0, *values), float(answer), weight) for (values, answer), weight in weighted]
    for _ in range(STEPS):
        gradient = [0.0] + [L2 * w for w in weights[1:]]
        hessian = [[L2 if i == j and i else 0.0 for j in range(size)] for i in range(size)]
        for values, answer, weight in data:
            odds = sum(w * v for w, v in zip(weights, values, strict=True))
            chance = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
            error, curve = weight * (chance - answer), weight * chance * (1 - chance)
            for i, value in enumerate(values):
                gradient[i] += error * value
                if curve * value:
                    row, factor = hessian[i], curve * value
                    for j in range(i + 1):
                        row[j] += factor * values[j]
        for i in range(size):
            for j in range(i):
                hessian[j][i] = hessian[i][j]
        weights = [w - step for w, step in zip(weights, solved(hessian, gradient), strict=True)]
    return Logistic(round(weights[0], 4), tuple(round(w, 4) for w in weights[1:]))


def solved(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """The solution of a linear system, by elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    for column in range(len(rows)):
        pivot = max(range(column, len(rows)), key=lambda n: abs(rows[n][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for n in range(len(rows)):
            if n != column:
                factor = rows[n][column] / rows[column][column]
                rows[n] = [a - factor * b for a, b in zip(rows[n], rows[column], strict=True)]
    return [row[-1] / row[n] for n, row in enumerate(rows)]


def report(name: str, figures: dict[str, float]) -> None:
    print(
        f"{name:<28} BCubed F1 {figures['bcubed_f1']:.3f}  story F1 {figures['story_f1']:.3f}  pairs "
        f"P {figures['pair_precision']:.3f} R {figures['pair_recall']:.3f} F1 {figures['pair_f1']:.3f}"
    )


def pooled(measured: list[dict[str, float]]) -> dict[str, float]:
    total = {name: sum(one[name] for one in measured) for name in ("pairs_hit", "pairs_found", "pairs_right")}
    precision = share(total["pairs_hit"], total["pairs_found"])
    recall = share(total["pairs_hit"], total["pairs_right"])
    several = sum(one["stories_of_several"] for one in measured)
    return {
        "bcubed_f1": sum(one["bcubed_f1"] for one in measured) / len(measured),
        "story_f1": sum(one["story_f1"] * one["stories_of_several"] for one in measured) / several,
        "pair_precision": precision,
        "pair_recall": recall,
        "pair_f1": f1(precision, recall),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=Path, nargs="+", required=True)
    parser.add_argument("--long", type=Path, required=True)
    parser.add_argument("--titles", type=Path, required=True)
    parser.add_argument("--background", type=Path, required=True)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    WORD_RATES.clear()
    WORD_RATES.update(word_rates(options.background))
    days = [read_labelled(path) for path in options.days]
    of_day = [rows_of(records) for records in days]
    measured = []
    for n, records in enumerate(days):
        others = [(row, 1.0) for m, rows in enumerate(of_day) for row in rows if m != n]
        clusterer_module.LIKENESS = fit(others)
        measured.append(measure_clustering(records)[1])
        report(f"left out: {options.days[n].stem}", measured[-1])
    report("left out: all", pooled(measured))
    short = fit([(row, 1.0) for rows in of_day for row in rows])
    full_texts = [(row, 1.0) for row in rows_of(read_labelled(options.long))]
    titles = [(row, TITLES_WEIGHT) for row in rows_of(read_labelled(options.titles))]
    long = fit(full_texts + titles + [(row, HEADLINES_WEIGHT) for rows in of_day for row in rows])
    if options.output:
        learned = {
            "short": {"intercept": short.intercept, "coefficients": short.coefficients},
            "long": {"intercept": long.intercept, "coefficients": long.coefficients},
            "word_rates": WORD_RATES,
        }
        options.output.write_text(json.dumps(learned, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Learn the weights in `stories/clustering/comparing/clusterer.json`, and say how well they do on what was left out.

    python bench/learn_clusterer.py --days labelled/day-*.jsonl --collections labelled/collection-*.jsonl.gz \\
        --faulty labelled/other.jsonl.gz --stream recorded/stream.jsonl.gz \\
        --output newsdesk/stories/clustering/comparing/clusterer.json

`--days` are labelled parts of the unlabelled `--stream`. Most of their reports are a headline and a summary; where the
stream knows the full text of one, the days are read once more with it, so that both lengths are learned. Each day is
measured with coefficients learned from the others. `--collections` are labelled reports without times, each measured
with what was learned from the others, and each half of its stories with what was learned from those and from its other
half, for a collection is of one kind with what is kept apart of it. Collections whose labels are `--faulty` count less:
they keep those of a kind never seen from falling apart. General word rates are counted in the stream: words that occur
on most of its days, so that names of a day stay out. Only rates and coefficients are kept.

`--vectors FILE.npz` holds what a sentence-embedding model makes of the days' texts: `sha256`, of each
`meaning.embedded_text` in UTF-8, in hexadecimal, and `vectors`, of unit length. With it the coefficients for reports
with vectors are learned too and each day is measured once more with them; without it those in the output stay.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")

import django  # noqa: E402
import numpy as np  # noqa: E402

django.setup()

from feeds.recording import Record, publisher_slug  # noqa: E402
from newsdesk.stories.clustering import joining  # noqa: E402
from newsdesk.stories.clustering.clusterer import Clusterer, profile_of  # noqa: E402
from newsdesk.stories.clustering.comparing.learned import LIKENESS_WITH_VECTORS, WORD_RATES, Logistic  # noqa: E402
from newsdesk.stories.clustering.comparing.likeness import FEATURES  # noqa: E402
from newsdesk.stories.clustering.comparing.meaning import MEANING_FEATURES  # noqa: E402
from newsdesk.stories.clustering.comparing.profile import profile  # noqa: E402
from newsdesk.stories.clustering.item import Decision, Item  # noqa: E402
from newsdesk.stories.clustering.joining import NO_TIMES_BEFORE  # noqa: E402
from newsdesk.stories.embedding.embedded_text import embedded_text  # noqa: E402
from newsdesk.stories.evaluation import line  # noqa: E402
from newsdesk.stories.evaluation.kinds import measure_clustering  # noqa: E402
from newsdesk.stories.evaluation.labelled import label, read_labelled, text_of  # noqa: E402
from newsdesk.stories.evaluation.measures import f1, share  # noqa: E402
from newsdesk.stories.titles.round_up import is_round_up  # noqa: E402

MIN_DAYS, MIN_REPORTS = 9, 12
L2, L2_WITH_VECTORS, L2_COLLECTIONS = 1.0, 0.3, 0.3
STEPS = 15
# Each collection counts as much as this many rows, whatever its size, and in all of them a row of the days so much.
COLLECTION_ROWS = 5000
DAYS_WEIGHT, FAULTY_WEIGHT = 0.05, 0.3

Row = tuple[tuple[float, ...], bool]
Vectors = dict[str, tuple[float, ...]]
NO_VECTORS: Vectors = {}


def word_rates(stream: list[Record]) -> dict[str, float]:
    """Share of a stream's English reports with a term, for terms that occur on most days."""
    reports, days = Counter[str](), defaultdict(set)
    titles: set[tuple[str, ...]] = set()
    for record in stream:
        new = profile(record.title, text_of(record), publisher_slug(record))
        if record.lang != "en" or new.title in titles:
            continue
        titles.add(new.title)
        for term in new.terms:
            reports[term] += 1
            days[term].add(record.first_seen.date())
    common = (term for term in sorted(reports) if len(days[term]) >= MIN_DAYS and reports[term] >= MIN_REPORTS)
    return {term: round(reports[term] / len(titles), 5) for term in common}


def read_vectors(path: Path) -> Vectors:
    """The vectors of a file by the hash of what was embedded."""
    held = np.load(path)
    return {str(name): tuple(map(float, vector)) for name, vector in zip(held["sha256"], held["vectors"], strict=True)}


def with_vector(item: Item, vectors: Vectors) -> Item:
    name = hashlib.sha256(embedded_text(item.title, item.text).encode()).hexdigest()
    return replace(item, vector=vectors.get(name, ()))


class ClustererWithVectors(Clusterer):
    """A clusterer that gives each report its vector when it comes."""

    vectors: Vectors = NO_VECTORS

    def add(self, item: Item, **told: Any) -> Decision:
        return super().add(with_vector(item, self.vectors), **told)


def rows_of(records: list[Record], vectors: Vectors = NO_VECTORS) -> list[Row]:
    """Features and answer of every report against its candidates, with the right stories so far as the state."""
    clusterer = Clusterer()
    rows: list[Row] = []
    for key, record in enumerate(records):
        clusterer.advance(record.first_seen)
        publisher, story = publisher_slug(record), label(record, "story") or record.id
        if is_round_up(record.title, publisher):
            continue
        item = Item(key, story, record.first_seen, record.title, text_of(record), publisher)
        item = with_vector(item, vectors) if vectors else item
        new = clusterer.weigh(profile_of(item))
        rows += [(clusterer.compare(new, name, item.seen_at), name == story) for name in clusterer.candidates(new)]
        clusterer.restore([(item, story)], clock=item.seen_at)
    return rows


def fit(weighted: list[tuple[list[Row], float]], l2: float = L2) -> Logistic:
    """Ridge logistic regression by Newton's method over rows and the weight of each of them."""
    x = np.array([(1.0, *values) for rows, _ in weighted for values, _ in rows])
    y = np.array([float(answer) for rows, _ in weighted for _, answer in rows])
    weight = np.concatenate([np.full(len(rows), each) for rows, each in weighted])
    ridge = np.diag([1e-6] + [l2] * (x.shape[1] - 1))
    found = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        gradient = x.T @ (weight * (chance - y)) + ridge @ found
        found -= np.linalg.solve((x * (weight * chance * (1 - chance))[:, None]).T @ x + ridge, gradient)
    return Logistic(round(float(found[0]), 4), tuple(round(float(value), 4) for value in found[1:]))


def with_full_texts(records: list[Record], full: dict[str, str]) -> list[Record]:
    """The records, each with its full text where that is known by its id or address."""
    return [replace(r, body=full.get(r.id) or full.get(r.url) or r.body) for r in records]


def without_times(records: list[Record]) -> list[Record]:
    """The records as a collection gives them: in their order, a second apart, in a year without news."""
    start = NO_TIMES_BEFORE - timedelta(days=300)
    return [replace(r, published_at=None, first_seen=start + timedelta(seconds=n)) for n, r in enumerate(records)]


def halves(records: list[Record]) -> list[list[Record]]:
    """A collection in two halves; stories whose names start with one number are of one topic and stay together."""
    topics = [re.sub(r"(?<=\d)_.*", "", label(record, "story") or record.id) for record in records]
    names = sorted(set(topics))
    random.Random(1).shuffle(names)
    first = set(names[::2])
    return [[r for r, t in zip(records, topics, strict=True) if (t in first) == side] for side in (True, False)]


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


def learn_with_vectors(days: list[list[Record]], long_days: list[list[Record]], vectors: Vectors) -> Logistic:
    """The coefficients where reports have vectors, after figures of each day left out."""
    of_day = [
        [row for kind in both for row in rows_of(kind, vectors) if len(row[0]) == len(FEATURES) + len(MEANING_FEATURES)]
        for both in zip(days, long_days, strict=True)
    ]
    line.Clusterer = ClustererWithVectors
    ClustererWithVectors.vectors = vectors
    for name, kind in (("summaries", days), ("full texts", long_days)):
        measured = []
        for n, records in enumerate(kind):
            others = [(rows, 0.5) for m, rows in enumerate(of_day) if m != n]
            joining.LIKENESS_WITH_VECTORS = fit(others, L2_WITH_VECTORS)
            measured.append(measure_clustering(records)[1])
        report(f"left out: all, {name}, vectors", pooled(measured))
    line.Clusterer = Clusterer
    return fit([(rows, 0.5) for rows in of_day], L2_WITH_VECTORS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=Path, nargs="+", required=True)
    parser.add_argument("--collections", type=Path, nargs="+", required=True)
    parser.add_argument("--faulty", type=Path, nargs="*", default=[])
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    stream = read_labelled(options.stream)
    WORD_RATES.clear()
    WORD_RATES.update(word_rates(stream))
    full = {name: record.body for record in stream if record.body for name in (record.id, record.url)}
    days = [read_labelled(path) for path in options.days]
    long_days = [with_full_texts(records, full) for records in days]
    of_day = [rows_of(short) + rows_of(long) for short, long in zip(days, long_days, strict=True)]
    for name, kind in (("summaries", days), ("full texts", long_days)):
        measured = []
        for n, records in enumerate(kind):
            joining.LIKENESS = fit([(rows, 0.5) for m, rows in enumerate(of_day) if m != n])
            measured.append(measure_clustering(records)[1])
            report(f"left out: {options.days[n].stem}", measured[-1])
        report(f"left out: all, {name}", pooled(measured))
    of_stream = fit([(rows, 0.5) for rows in of_day])
    of_stream_with_vectors = LIKENESS_WITH_VECTORS
    if options.vectors:
        of_stream_with_vectors = learn_with_vectors(days, long_days, read_vectors(options.vectors))

    collections = [read_labelled(path) for path in options.collections]
    faulty = [read_labelled(path) for path in options.faulty]
    weighted = [(rows, COLLECTION_ROWS / len(rows)) for rows in map(rows_of, collections)]
    from_faulty = [(rows, FAULTY_WEIGHT * COLLECTION_ROWS / len(rows)) for rows in map(rows_of, faulty)]
    from_days = [(rows_of(without_times(one)), DAYS_WEIGHT / 2) for kind in (days, long_days) for one in kind]
    for n, records in enumerate(collections):
        name = options.collections[n].stem
        others = [one for m, one in enumerate(weighted) if m != n] + from_faulty + from_days
        joining.LIKENESS_WITHOUT_TIMES = fit(others, L2_COLLECTIONS)
        report(f"left out: {name}", measure_clustering(records)[1])
        measured = []
        for learned_from, half in ((two := halves(records)), two[::-1]):
            rows = rows_of(learned_from)
            joining.LIKENESS_WITHOUT_TIMES = fit([*others, (rows, COLLECTION_ROWS / len(rows))], L2_COLLECTIONS)
            measured.append(measure_clustering(half)[1])
        report(f"halves left out: {name}", pooled(measured))
    for n, records in enumerate(faulty):
        others = weighted + [one for m, one in enumerate(from_faulty) if m != n] + from_days
        joining.LIKENESS_WITHOUT_TIMES = fit(others, L2_COLLECTIONS)
        report(f"left out: {options.faulty[n].stem}", measure_clustering(records)[1])
    of_collections = fit(weighted + from_faulty + from_days, L2_COLLECTIONS)
    if options.output:
        learned = {
            "stream": {"intercept": of_stream.intercept, "coefficients": of_stream.coefficients},
            "stream_with_vectors": {
                "intercept": of_stream_with_vectors.intercept,
                "coefficients": of_stream_with_vectors.coefficients,
            },
            "collection": {"intercept": of_collections.intercept, "coefficients": of_collections.coefficients},
            "word_rates": WORD_RATES,
        }
        options.output.write_text(json.dumps(learned, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

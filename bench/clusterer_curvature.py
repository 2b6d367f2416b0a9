"""Work out the curvature of the loss of the shipped weights, which `manage.py train_clusterer` needs beside them.

    python bench/clusterer_curvature.py --days labelled/day-*.jsonl --stream recorded/stream.jsonl.gz \\
        [--vectors vectors.npz]

Takes what `bench/learn_clusterer.py` learned the shipped weights from, and is run after it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from learn_clusterer import L2, L2_WITH_VECTORS, read_labelled, read_vectors, rows_of, with_full_texts

from newsdesk.stories.clustering.comparing.learned import SHIPPED
from newsdesk.stories.clustering.comparing.likeness import FEATURES
from newsdesk.stories.clustering.comparing.own_odds import shipped_models
from newsdesk.stories.training.trained import CURVATURE, curvatures_text
from newsdesk.stories.training.update import curvature_at

# As `learn_clusterer.main` fits them: each day is read twice, with summaries and with full texts.
ROW_WEIGHT = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=Path, nargs="+", required=True)
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    stream = read_labelled(options.stream)
    full = {name: record.body for record in stream if record.body for name in (record.id, record.url)}
    days = [read_labelled(path) for path in options.days]
    read = [*days, *(with_full_texts(one, full) for one in days)]
    rows = [row for one in read for row in rows_of(one)]
    if options.vectors:
        vectors = read_vectors(options.vectors)
        rows += [row for one in read for row in rows_of(one, vectors) if len(row[0]) > len(FEATURES)]
    found = {}
    for name, model in shipped_models().items():
        fitting = [(values, ROW_WEIGHT) for values, _ in rows if len(values) == len(model.coefficients)]
        print(f"{name}: {len(fitting)} rows of {len(days)} days, {len(model.coefficients)} features")
        if fitting:
            found[name] = curvature_at(
                fitting, model, L2 if len(model.coefficients) == len(FEATURES) else L2_WITH_VECTORS
            )
    CURVATURE.write_text(curvatures_text(found, SHIPPED.read_bytes()), encoding="utf-8")


if __name__ == "__main__":
    main()

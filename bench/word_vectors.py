"""Vectors of words by the company they keep in unlabelled records, for words that no labelled text holds.

Positive pointwise mutual information of words near each other, reduced by a randomised singular value decomposition
(Levy and Goldberg 2014; Halko, Martinsson and Tropp 2011). Nothing of them is shipped but what a linear model makes of
them: one weight a word and class. Needs numpy; the same records give the same vectors.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np

from newsdesk.stories.classifying.linear import words_of
from newsdesk.stories.stop_words import CLASSIFIED
from newsdesk.stories.text import normalise

DIMENSIONS = 200
# A word in fewer records has no company to speak of.
MIN_RECORDS = 5
# Words so near are company, the less so the further off.
WINDOW_WORDS = 8

Vectors = tuple[dict[str, int], np.ndarray]


def read_words(stream: Path) -> list[list[str]]:
    """The words of each English record's title and lead, in order, without stop words."""
    unpacked = gzip.open if stream.suffix == ".gz" else open
    with unpacked(stream, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [
        (normalise(record["title"]), normalise(record.get("summary") or record.get("body") or ""))
        for record in records
        if record["lang"] == "en"
    ]
    return [[word for word in words_of(*text) if word not in CLASSIFIED] for text in texts]


def word_vectors(texts: list[list[str]]) -> Vectors:
    """Word -> row, and rows of length one."""
    records = Counter(word for words in texts for word in set(words))
    row = {word: n for n, word in enumerate(sorted(word for word, count in records.items() if count >= MIN_RECORDS))}
    near = np.zeros((len(row), len(row)), np.float32)
    for words in texts:
        known = [row[word] for word in words if word in row]
        for place, one in enumerate(known):
            for distance, other in enumerate(known[place + 1 : place + 1 + WINDOW_WORDS], 1):
                near[one, other] += distance**-0.5
    near += near.T
    often = near.sum(1) + 1
    expected = often[:, None] * (often**0.75 / (often**0.75).sum())
    surprise = np.log(np.maximum(near / expected, 1))
    basis = np.random.default_rng(0).normal(size=(len(row), DIMENSIONS + 20)).astype(np.float32)
    for _ in range(4):
        basis, _ = np.linalg.qr(surprise @ (surprise.T @ basis))
    left, strength, _ = np.linalg.svd(basis.T @ surprise, full_matrices=False)
    vectors = (basis @ left[:, :DIMENSIONS]) * np.sqrt(strength[:DIMENSIONS])
    return row, vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)

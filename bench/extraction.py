"""Measure article extraction: token-level F1 against article bodies marked by people.

The measure is that of the article-extraction-benchmark (Zyte, 2020): bags of 4-word shingles, precision and recall
averaged over the pages, F1 of the two averages. The folder holds `<key>.html.gz` pages and a `ground-truth.json.gz`
of `{key: {"url": ..., "articleBody": ...}}`. Opt-outs are not honoured here: nothing is kept.

Example: python bench/extraction.py /data/pages --worst 5
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

os.environ.setdefault("NEWSDESK_DATA_DIR", tempfile.gettempdir())
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feeds.extracting.metadata import read_metadata
from feeds.extracting.readable import decode_page, read_text

SHINGLE_WORDS = 4
_WORD = re.compile(r"\w+")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The bag of word 4-grams of a text; a shorter text is one shingle."""
    words = _WORD.findall(text)
    return Counter(
        tuple(words[start : start + SHINGLE_WORDS]) for start in range(max(1, len(words) - SHINGLE_WORDS + 1))
    )


def precision_and_recall(truth: str, found: str) -> tuple[float, float]:
    """Shares, 0 to 1, of the shingles found that are right and of the right ones that are found."""
    true_bag, found_bag = shingles(truth), shingles(found)
    right = (true_bag & found_bag).total()
    return right / found_bag.total(), right / true_bag.total()


def measure(folder: Path) -> tuple[dict[str, tuple[float, float]], list[float]]:
    """Precision and recall of every page by key, and the seconds each took."""
    truth: Mapping[str, Mapping[str, str]] = json.loads(gzip.decompress((folder / "ground-truth.json.gz").read_bytes()))
    scores: dict[str, tuple[float, float]] = {}
    seconds: list[float] = []
    for number, (key, page) in enumerate(sorted(truth.items()), start=1):
        content = gzip.decompress((folder / f"{key}.html.gz").read_bytes())
        started = time.perf_counter()
        markup = decode_page(content, "")
        text = read_text(markup, read_metadata(markup, page["url"], {}).title)
        seconds.append(time.perf_counter() - started)
        scores[key] = precision_and_recall(page["articleBody"], text)
        print(f"\r{number} of {len(truth)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return scores, seconds


def main() -> None:
    """Print the figures for one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N pages of the lowest F1")
    arguments = parser.parse_args()
    if not (arguments.folder / "ground-truth.json.gz").is_file():
        parser.error(f"{arguments.folder} holds no ground-truth.json.gz")
    scores, seconds = measure(arguments.folder)
    precision = sum(score[0] for score in scores.values()) / len(scores)
    recall = sum(score[1] for score in scores.values()) / len(scores)
    print(f"pages {len(scores)}  precision {precision:.4f}  recall {recall:.4f}  ", end="")
    print(f"F1 {2 * precision * recall / (precision + recall):.4f}  ", end="")
    print(f"seconds a page: mean {sum(seconds) / len(seconds):.3f}, most {max(seconds):.3f}")
    for key, score in sorted(scores.items(), key=lambda item: sum(item[1]))[: arguments.worst]:
        print(f"{key}  precision {score[0]:.3f}  recall {score[1]:.3f}")


if __name__ == "__main__":
    main()

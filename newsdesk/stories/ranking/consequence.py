"""What an event changes, by the words of its titles: money, law, the state, endings, attacks, launches. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("consequence.toml"))
KINDS = ("money", "law", "state", "ending", "attack", "launch", "model", "scoop", "talk")
EAST_ASIAN = "_east_asian"
# Sums below the first are everyday ones; above the last, more money changes no rank.
SMALL_SUM, LARGE_SUM = 1e8, 1e11

_PATTERNS = {
    kind: re.compile(
        rf"(?<!\w){LISTS.any_of(kind)}(?!\w)"
        + (f"|{LISTS.any_of(kind + EAST_ASIAN)}" if kind + EAST_ASIAN in LISTS else ""),
        re.IGNORECASE,
    )
    for kind in KINDS
}
_SUM = re.compile(
    r"(?:[$€£¥]|\b(?:US|HK|NT|S|RM)\$?)\s?(?P<figure>\d{1,4}(?:[.,]\d{1,3}){0,3})\s?-?(?P<scale>[bmt]n?|million|billion|trillion)\b"
    r"|(?P<han>\d{1,6}(?:[.,]\d{1,3}){0,2})\s?(?P<unit>亿|億|万亿|兆)",
    re.IGNORECASE,
)
_SCALES = {"m": 1e6, "b": 1e9, "t": 1e12}
# Mostly yuan, yen or New Taiwan dollars: some seven, 150 and 30 to the US dollar.
_HAN_SCALES = {"亿": 1.4e7, "億": 7e5, "万亿": 1.4e11, "兆": 7e9}


@lru_cache(maxsize=8_192)
def kinds_of(title: str) -> frozenset[str]:
    """The kinds of consequence that a title names.

    >>> sorted(kinds_of("Judge blocks Kelp's takeover of Brine"))
    ['ending', 'law', 'money']
    """
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(title))


def largest_sum(titles: Collection[str]) -> float:
    """How large the largest sum of money in the titles is: 0 up to 100 million US dollars, 1 from 100 billion.

    >>> largest_sum(["Kelp raises $10 billion"]), largest_sum(["Kelp sells 10 boats"])
    (0.667, 0.0)
    """
    sums = [_dollars(match) for title in titles for match in _SUM.finditer(title)]
    largest = min(max(sums, default=0.0), LARGE_SUM)
    return round(max(math.log10(max(largest, SMALL_SUM) / SMALL_SUM), 0.0) / math.log10(LARGE_SUM / SMALL_SUM), 3)


def _dollars(match: re.Match[str]) -> float:
    figure = float((match["figure"] or match["han"]).replace(",", "").rstrip("."))
    return figure * (_SCALES[match["scale"][0].lower()] if match["scale"] else _HAN_SCALES[match["unit"]])

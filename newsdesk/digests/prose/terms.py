"""Words that carry meaning, folded so that two outlets' wordings can be compared."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from newsdesk.stories.stems import singular
from newsdesk.stories.stop_words import TOLD

# Words so common in running English that eight words without one are some other language, or no sentence.
_ENGLISH = frozenset(
    "the a an of to in and is for on that with as it at by from has are was its be their this have will".split()
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(
    r"(?:US)?[$€£¥]?\d(?:[\d.,]*\d)?(?:%|\s?(?i:trillion|billion|million|thousand|percent|per cent|tn|bn|mn|"
    r"[tbmk])\b)?|"
    r"[^\W\d_][^\W_]*(?:[’'.-][^\W_]+)*"
)
_SCALED = re.compile(r"(?:us)?([$€£¥]?)([\d.,]+)\s?([a-z %]*)")
_SCALES = {
    "trillion": "t",
    "tn": "t",
    "billion": "b",
    "bn": "b",
    "million": "m",
    "mn": "m",
    "thousand": "k",
    "percent": "%",
}
_SCALES |= {"per cent": "%"}
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
LATIN_SHARE = 0.8
SHORTEST_TELLING_TEXT_WORDS = 8


def words(text: str) -> list[str]:
    """The words and numbers of a text in order, as written; each CJK character pair counts as a word."""
    found = _WORD.findall(text)
    return [w for word in found for w in (_pairs(word) if _CJK.search(word) else [word])]


def terms(text: str) -> list[str]:
    """The content words of a text in order, in lower case, without possessives and plain plural endings.

    >>> terms("Kelp’s agents cost $400 million and 20 percent more")
    ['kelp', 'agent', 'cost', '$400m', '20%']
    >>> terms("The U.S. is at it")
    ['u.s']
    """
    return [folded for word in words(text) if (folded := fold(word)) and folded not in TOLD]


def fold(word: str) -> str:
    """One word as it is compared: `Robots’` and `robot` are the same, and so are `$400 million` and `$400M`."""
    word = word.lower().replace("’", "'").removesuffix("'s").rstrip("'.,")
    if figure := _SCALED.fullmatch(word):
        return f"{figure[1]}{figure[2].replace(',', '')}{_SCALES.get(figure[3], figure[3])}"
    return singular(word)


def is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin; False for a text without letters."""
    letters = len(_LETTER.findall(text))
    return bool(letters) and len(_LATIN.findall(text)) >= LATIN_SHARE * letters


def is_english(text: str) -> bool:
    """Whether a text is in Latin script and, where it is long enough to tell, holds common English words.

    Titles leave such words out: ask `is_latin` of them.
    """
    if not is_latin(text):
        return False
    found = [word.lower() for word in _WORD.findall(text)]
    return len(found) < SHORTEST_TELLING_TEXT_WORDS or any(word in _ENGLISH for word in found)


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """The cosine of two sparse vectors, 0 to 1 for non-negative weights; 0 if either is empty."""
    product = sum(weight * right[term] for term, weight in left.items() if term in right)
    norm = math.sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))
    return product / norm if norm else 0.0


def vector(tokens: Iterable[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Term counts, dampened by their logarithm and weighted."""
    return {term: (1 + math.log(count)) * weights.get(term, 1.0) for term, count in Counter(tokens).items()}


def share_covered(part: Collection[str], whole: Collection[str]) -> float:
    """The share of the terms of `part` that `whole` holds as well; 1 if `part` has none."""
    distinct = set(part)
    return len(distinct & set(whole)) / len(distinct) if distinct else 1.0


def _pairs(word: str) -> list[str]:
    return [word[n : n + 2] for n in range(len(word) - 1)] or [word]

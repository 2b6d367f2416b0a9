"""Words without their endings: three stemmers, from the most careful to the boldest.

One cannot stand for another. Clustering's weights are learned from `stem`. Digests compare sentences by `singular`,
which keeps "raises" and "raising" apart. `root` may run different words together, for it only asks whether a model's
word stands in its source at all.
"""

from __future__ import annotations

import re
from functools import lru_cache

_POSSESSIVE = re.compile(r"['’]s?$")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """An English word without its plural, -ing or -ed ending; words of other languages mostly pass unchanged.

    A light suffix stripper in the manner of Harman's S-stemmer (1991), which errs less on names than Porter's.

    >>> [stem(word) for word in ("releases", "releasing", "Mistral's".lower(), "seeds", "paris")]
    ['releas', 'releas', 'mistral', 'seed', 'paris']
    """
    word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and word[-2] not in "suia":
        word = word[:-2] if word.endswith(("shes", "ches", "xes", "sses", "zes")) else word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2 and any(vowel in base for vowel in "aeiouy"):
            if base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base
    return word.removesuffix("e") if len(word) > 4 else word


def singular(word: str) -> str:
    """A lower-cased word without a plain plural ending.

    >>> [singular(word) for word in ("agents", "companies", "releases", "releasing", "paris", "focus")]
    ['agent', 'company', 'release', 'releasing', 'paris', 'focus']
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def root(word: str) -> str:
    """A word without possessive, plural and the commonest endings, for comparing only.

    >>> [root(word) for word in ("releases", "releasing", "released", "Kelp’s", "paris")]
    ['releas', 'releas', 'releas', 'Kelp', 'pari']
    """
    word = _POSSESSIVE.sub("", word)
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word

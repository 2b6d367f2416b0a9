"""A linear classifier over what a text's head says: words, pairs of words, word groups, forms and entities.

Multinomial logistic regression; `bench/train_classifiers.py` learns the weights that are kept under `weights/`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import mul
from pathlib import Path

from newsdesk.stories.classifying.forms import forms_of
from newsdesk.stories.classifying.lexicon import WORD, groups_in
from newsdesk.stories.entities.find import find_entities, speaks_of_ai
from newsdesk.stories.stems import stem
from newsdesk.stories.stop_words import CLASSIFIED
from newsdesk.stories.text import lead
from newsdesk.stories.titles.cleaning import without_credit

WEIGHTS = Path(__file__).parent
# A story is told in its first sentences; later ones bring in other people's news.
LEAD_WORDS = 60
# The subject and the verb of a headline stand among so many first words.
OPENING_WORDS = 7
# How much a feature counts by where it was found, against 1 for a word of the title.
PAIR, LEAD_WORD, LEAD_GROUP, OPENING_GROUP, TRAIT = 0.7, 0.4, 0.5, 0.6, 0.7
_MONEY = re.compile(r"[$€£¥]\s?\d|\b\d[\d.,]{0,20}\s?(?:million|billion|trillion)\b")
# What collectors of discussions write in place of a summary.
_NOT_A_LEAD = re.compile(r"^(?:Score|Points): \d+.*|^(?:Article|Comments) URL:.*|^Comments$", re.DOTALL)

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by feature, one for each class, in the order of `classes`."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, features: Features) -> dict[str, float]:
        """The probability of each class; they add up to 1."""
        kept = self.weights
        known = [(kept[name], value) for name, value in features.items() if name in kept]
        values = [value for _, value in known]
        # Columns are multiplied and added in C: three times as fast as a loop over the rows.
        scores = [sum(map(mul, column, values)) for column in zip(*[weights for weights, _ in known], strict=True)]
        scores = [score + bias for score, bias in zip(scores or [0.0] * len(self.bias), self.bias, strict=True)]
        highest = max(scores)
        powers = [math.exp(score - highest) for score in scores]
        total = sum(powers)
        return {name: power / total for name, power in zip(self.classes, powers, strict=True)}


@cache
def load_model(name: str) -> LinearModel:
    """The model kept as `NAME.json`: whole numbers to be divided by its `scale`."""
    kept = json.loads((WEIGHTS / f"{name}.json").read_text(encoding="utf-8"))
    scale = kept["scale"]
    return LinearModel(
        classes=tuple(kept["classes"]),
        bias=tuple(weight / scale for weight in kept["bias"]),
        weights={name: tuple(weight / scale for weight in line) for name, line in kept["weights"].items()},
    )


@lru_cache(maxsize=512)
def features(title: str, text: str) -> Features:
    """What the classifiers know of a text: the title and the first sixty words of what follows it.

    Plain names are stemmed words and pairs of neighbours in the title; `@` marks what was found by a list. Not to be
    changed by the caller.
    """
    title, opening = _title_and_lead(title, text)
    title_lowered, lead_lowered = title.lower(), opening.lower()
    title_words, lead_words = _words(title_lowered), _words(lead_lowered)
    found: dict[str, float] = {word: LEAD_WORD for word in lead_words if word not in CLASSIFIED}
    found |= {f"{one} {two}": PAIR for one, two in pairwise(title_words)}
    found |= {word: 1.0 for word in title_words if word not in CLASSIFIED}
    in_title, in_lead = groups_in(title_lowered), groups_in(lead_lowered)
    found |= _weighed("@lead ", in_lead, LEAD_GROUP)
    found |= _weighed("@title ", in_title, 1.0)
    found |= {f"@opening {group}": OPENING_GROUP for number, group, _ in in_title if number < OPENING_WORDS}
    if in_title:
        found[f"@first {min(in_title)[1]}"] = OPENING_GROUP
    hits = find_entities(title, opening)
    for hit in hits:
        found[f"@entity {hit.slug}"] = 1.0 if hit.in_title else LEAD_WORD
        if hit.in_title:
            found[f"@kind {hit.kind}"] = TRAIT
    ai_in_title = speaks_of_ai(title)
    found |= {f"@{name}": TRAIT for name, is_so in _traits(title, opening, ai_in_title) if is_so}
    found |= {f"@form {name}": TRAIT for name in forms_of(title, title_lowered, lead_lowered, hits, ai_in_title)}
    return found


def words_of(title: str, text: str) -> list[str]:
    """The stemmed words of the title and the lead, in order, as `features` names them."""
    title, opening = _title_and_lead(title, text)
    return _words(title.lower()) + _words(opening.lower())


def _title_and_lead(title: str, text: str) -> tuple[str, str]:
    title = without_credit(title)
    opening = lead(_NOT_A_LEAD.sub("", text.strip()), LEAD_WORDS + len(title.split())).strip()
    if opening.startswith(title[:60]):
        opening = opening[len(title) :].strip()
    return title, opening


def _words(lowered: str) -> list[str]:
    return ["0" if word[0].isdigit() else stem(word.removesuffix("'s")) for word in WORD.findall(lowered)]


def _weighed(prefix: str, hits: Iterable[tuple[int, str, str]], weight: float) -> dict[str, float]:
    """Each group once, counting more, but ever less so, for more different words of it."""
    different: dict[str, set[str]] = {}
    for _, group, word in hits:
        different.setdefault(group, set()).add(word)
    return {prefix + group: weight * (1 + math.log(len(words))) for group, words in different.items()}


def _traits(title: str, opening: str, ai_in_title: bool) -> tuple[tuple[str, bool], ...]:
    return (
        ("money", _MONEY.search(title) is not None),
        ("lead money", _MONEY.search(opening) is not None),
        ("question", title.endswith("?")),
        ("title only", not opening),
        ("no ai in title", not ai_in_title),
        ("no ai", not ai_in_title and not speaks_of_ai(opening)),
    )

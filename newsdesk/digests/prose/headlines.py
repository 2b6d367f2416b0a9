"""The headline that a digest prints: the best of a story's titles, cleaned and cut to fit, never written anew. Pure.

The desk's headline of a story (`stories/titles/headline.py`) is another: it is chosen by less and may be long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsdesk.digests.prose.shortening import ELLIPSIS, LONGEST_CHARACTERS, fit
from newsdesk.digests.prose.terms import fold, is_latin, terms, words
from newsdesk.stories.text import shown
from newsdesk.stories.titles.cleaning import is_cut_off, printed_title
from newsdesk.stories.titles.kinds import BAIT, PERSONAL, SALES, TEASE, has_news_verb, is_teaser

# Points for a title, set by hand; what chose them is not on record. They are measured against one another only.
# What it shares with the story's other reports and the standing of its outlet, each 0 to 1.
CENTRALITY_WEIGHT, STANDING_WEIGHT = 2.0, 0.6
# A term more counts against so many terms that say nothing: else the longest title would be the most central.
FREE_TERMS, SHARE_OF_TERMS = 4, 0.5
# Within the good length, and beyond it for each 90 characters.
GOOD_LENGTH_BONUS, BAD_LENGTH_MALUS = 0.5, 0.8
GOOD_LENGTH_CHARACTERS = (38, 90)
# A statement has a verb, somebody who acts in its first words, and something to hold on to.
VERB_BONUS, NO_VERB_MALUS = 0.4, 0.3
ACTOR_BONUS, NO_ACTOR_MALUS = 0.3, 0.2
ACTOR_WITHIN_WORDS = 4
DIGIT_BONUS = 0.15
# It asks, baits, teases, speaks of its writer or sells (`stories/titles/kinds.py`), or shouts.
QUESTION_MALUS = 1.2
BAIT_MALUS, TEASE_MALUS, PERSONAL_MALUS, SALES_MALUS = 0.8, 0.6, 0.6, 0.3
EXCLAMATION_MALUS, CAPITALS_MALUS = 0.8, 0.8
# We had to cut it at a word, or at a clause: one that was short enough says what its author wanted. Or its feed did.
CUT_AT_WORD_MALUS, CUT_AT_CLAUSE_MALUS, CUT_BY_FEED_MALUS = 1.5, 0.4, 0.8
# In another script than Latin it can only be the last resort.
NOT_LATIN_MALUS = 3.0
# Headlines of this length in sentence case ("X says Y; Z will follow") read as sentences.
SHORTEST_SENTENCE_CHARACTERS = 60
MOST_CAPITALISED_SHARE = 0.55


_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class SourceTitle:
    """A source's title with the outlet's standing, 0 to 1."""

    text: str
    publisher: str
    standing: float


def choose(titles: Sequence[SourceTitle], shared: Mapping[str, float]) -> str:
    """The best headline among the titles, at most 90 characters; `shared`: how much each term is the story's, 0 to 1.

    Prefers an actor, a verb and a specific; an earlier title wins among equals. Empty only if every title is.

    >>> teaser, plain = "What Kelp's move means for you", "Kelp sues Brine"
    >>> choose([SourceTitle(teaser, "Fjord Times", 0.9), SourceTitle(plain, "Skerry", 0.2)], {"kelp": 1.0})
    'Kelp sues Brine'
    """
    candidates = [
        (_merit(title, fitted, shared), -n, fitted)
        for n, title in enumerate(titles)
        if (fitted := fit(printed_title(title.text, title.publisher)))
    ]
    return max(candidates)[2] if candidates else ""


def reads_as_sentence(cleaned: str) -> bool:
    """Whether a cleaned title could stand in running text: long, in sentence case, with a verb, and no teaser."""
    found = [word for word in words(cleaned) if word[0].isalpha()]
    capitalised = sum(word[0].isupper() for word in found)
    return (
        len(cleaned) >= SHORTEST_SENTENCE_CHARACTERS
        and capitalised <= MOST_CAPITALISED_SHARE * len(found)
        and has_news_verb(cleaned)
        and not is_teaser(cleaned)
        and not cleaned.endswith((ELLIPSIS, "...", "!"))
    )


def _merit(title: SourceTitle, cleaned: str, shared: Mapping[str, float]) -> float:
    distinct = set(terms(cleaned))
    centrality = math.fsum(shared.get(term, 0.0) for term in distinct) / (FREE_TERMS + len(distinct) * SHARE_OF_TERMS)
    low, high = GOOD_LENGTH_CHARACTERS
    length = len(cleaned)
    merit = CENTRALITY_WEIGHT * centrality + STANDING_WEIGHT * title.standing
    if low <= length <= high:
        merit += GOOD_LENGTH_BONUS
    else:
        merit += -BAD_LENGTH_MALUS * abs(length - (low if length < low else high)) / high
    merit += VERB_BONUS if has_news_verb(cleaned) else -NO_VERB_MALUS
    merit += ACTOR_BONUS if _has_actor(cleaned) else -NO_ACTOR_MALUS
    merit += DIGIT_BONUS if _DIGIT.search(cleaned) else 0.0
    # In this order: the sum of the same fractions in another order may differ in its last digit.
    against = (
        (QUESTION_MALUS, "?" in cleaned),
        (BAIT_MALUS, BAIT.search(cleaned)),
        (TEASE_MALUS, TEASE.search(cleaned)),
        (PERSONAL_MALUS, PERSONAL.search(cleaned)),
        (SALES_MALUS, SALES.search(cleaned)),
        (CUT_AT_WORD_MALUS, cleaned.endswith(ELLIPSIS)),
        (CUT_AT_CLAUSE_MALUS, len(printed_title(title.text, title.publisher)) > LONGEST_CHARACTERS),
        (EXCLAMATION_MALUS, cleaned.endswith("!")),
        (CUT_BY_FEED_MALUS, is_cut_off(shown(title.text))),
        (NOT_LATIN_MALUS, not is_latin(cleaned)),
        (CAPITALS_MALUS, cleaned.isupper()),
    )
    for malus, is_so in against:
        if is_so:
            merit -= malus
    return merit


def _has_actor(cleaned: str) -> bool:
    return any(word[0].isupper() for word in words(cleaned)[:ACTOR_WITHIN_WORDS] if fold(word) in set(terms(cleaned)))

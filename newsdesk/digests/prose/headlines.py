"""The headline that a digest prints: the best of a story's titles, cleaned and cut to fit, never written anew. Pure.

The desk's headline of a story (`stories/titles/headline.py`) is another: it is chosen by less and may be long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsdesk.digests.prose.shortening import ELLIPSIS, LONGEST_CHARACTERS, fit
from newsdesk.digests.prose.terms import fold, is_latin, terms, words
from newsdesk.stories.text import shown
from newsdesk.stories.titles.cleaning import is_cut_off, printed_title
from newsdesk.stories.titles.kinds import BAIT, PERSONAL, SALES, TEASE, has_news_verb, is_teaser

GOOD_LENGTH_CHARACTERS = (38, 90)
# Headlines of this length in sentence case ("X says Y; Z will follow") read as sentences.
SHORTEST_SENTENCE_CHARACTERS = 60
MOST_CAPITALISED_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Title:
    """A candidate: a source's title with the outlet's standing, 0 to 1."""

    text: str
    publisher: str
    standing: float


def choose(titles: Sequence[Title], shared: Mapping[str, float]) -> str:
    """The best headline among the titles, at most 90 characters; `shared`: how much each term is the story's, 0 to 1.

    Prefers an actor, a verb and a specific; an earlier title wins among equals. Empty only if every title is.
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


def _merit(title: Title, cleaned: str, shared: Mapping[str, float]) -> float:
    distinct = set(terms(cleaned))
    centrality = sum(shared.get(term, 0.0) for term in distinct) / (4 + len(distinct) / 2)
    low, high = GOOD_LENGTH_CHARACTERS
    merit = 2.0 * centrality + 0.6 * title.standing
    merit += (
        0.5 if low <= len(cleaned) <= high else -0.8 * abs(len(cleaned) - (low if len(cleaned) < low else high)) / high
    )
    merit += 0.4 if has_news_verb(cleaned) else -0.3
    merit += 0.3 if _has_actor(cleaned) else -0.2
    merit += 0.15 if re.search(r"\d", cleaned) else 0.0
    merit -= 1.2 if "?" in cleaned else 0.0
    merit -= 0.8 if BAIT.search(cleaned) else 0.0
    merit -= 0.6 if TEASE.search(cleaned) else 0.0
    merit -= 0.6 if PERSONAL.search(cleaned) else 0.0
    merit -= 0.3 if SALES.search(cleaned) else 0.0
    merit -= 1.5 if cleaned.endswith(ELLIPSIS) else 0.0
    # A title that was short enough says what its author wanted; one that we cut says less.
    merit -= 0.4 if len(printed_title(title.text, title.publisher)) > LONGEST_CHARACTERS else 0.0
    merit -= 0.8 if cleaned.endswith("!") else 0.0
    merit -= 0.8 if is_cut_off(shown(title.text)) else 0.0
    merit -= 3.0 if not is_latin(cleaned) else 0.0
    merit -= 0.8 if cleaned.isupper() else 0.0
    return merit


def _has_actor(cleaned: str) -> bool:
    return any(word[0].isupper() for word in words(cleaned)[:4] if fold(word) in set(terms(cleaned)))

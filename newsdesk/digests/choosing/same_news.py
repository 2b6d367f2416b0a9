"""Whether two stories of a day are the same news, told by outlets in words of their own. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from newsdesk.digests.choosing.candidate import Candidate, reports_of
from newsdesk.digests.choosing.same_matter import is_same_matter, matter_of
from newsdesk.digests.prose.terms import cosine, fold, terms, vector
from newsdesk.stories.titles.cleaning import printed_title

# Two stories whose titles share a name that few stories of the day hold are the same news if their texts have this
# cosine at least, and the likeness of titles and texts adds up to this; or if the titles alone are this alike.
LEAST_TEXT_COSINE = 0.15
SAME_NEWS_LIKENESS = 0.38
SAME_NAME_TITLE_SHARE = 0.4
FEW_STORIES = 6
FEW_STORIES_SHARE = 0.05
HEAD_CHARACTERS = 1500
# Titles sharing this much of the shorter ones' words, rare words counting most, tell the same story twice.
SAME_STORY_SHARE = 0.6
_CAPITAL = re.compile(r"\b[A-Z][\w&-]+")


class Likeness:
    """How much two stories of the day are about the same thing, rare words counting most.

    By the words of their titles: the share of the lesser one's that both hold. By their texts: the cosine (Salton's
    tf-idf), where they share a name that is rare that day.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        stories = [c.story for c in candidates]
        self._titles = {s.id: {t for e in s.entries for t in terms(printed_title(e.title))} for s in stories}
        self._weights = _rarity(self._titles.values())
        capitals = {
            s.id: {fold(w) for e in s.entries for w in _CAPITAL.findall(printed_title(e.title))} for s in stories
        }
        counts = Counter(name for found in capitals.values() for name in found)
        few = max(FEW_STORIES, FEW_STORIES_SHARE * len(stories))
        self._names = {number: {name for name in found if counts[name] <= few} for number, found in capitals.items()}
        texts = {s.id: [t for e in reports_of(s)[:1] for t in terms(e.text[:HEAD_CHARACTERS])] for s in stories}
        rarity = _rarity(set(found) for found in texts.values())
        self._texts = {number: vector(found, rarity) for number, found in texts.items()}
        self._matters = {s.id: matter_of(s) for s in stories}

    def most(self, candidate: Candidate, told: Sequence[Candidate]) -> float:
        """The likeness to the most alike of those told, 0 to 1, by titles."""
        return max((self._of(candidate, other) for other in told), default=0.0)

    def is_same(self, candidate: Candidate, told: Sequence[Candidate]) -> bool:
        """Whether one of those told is the same news."""
        return self.same(candidate, told) is not None

    def same(self, candidate: Candidate, told: Sequence[Candidate]) -> Candidate | None:
        """The first of those told that is the same news by its titles, or by a rare name and its text."""
        return next((other for other in told if self._is_same(candidate, other)), None)

    def _is_same(self, one: Candidate, other: Candidate) -> bool:
        titles = self._of(one, other)
        if titles >= SAME_STORY_SHARE:
            return True
        texts = cosine(self._texts[one.story.id], self._texts[other.story.id])
        if self._is_same_text(one, other, titles, texts):
            return True
        return is_same_matter(self._matters[one.story.id], self._matters[other.story.id], titles, texts)

    def _is_same_text(self, one: Candidate, other: Candidate, titles: float, texts: float) -> bool:
        if not self._names[one.story.id] & self._names[other.story.id]:
            return False
        if titles >= SAME_NAME_TITLE_SHARE:
            return True
        return texts >= LEAST_TEXT_COSINE and titles + texts >= SAME_NEWS_LIKENESS

    def _of(self, one: Candidate, other: Candidate) -> float:
        left, right = self._titles[one.story.id], self._titles[other.story.id]
        shorter = min(left, right, key=self._weight)
        return self._weight(left & right) / self._weight(shorter) if len(left & right) > 1 else 0.0

    def _weight(self, found: Collection[str]) -> float:
        # The order of a set differs from run to run; this sum does not.
        return math.fsum(self._weights[term] for term in found) or 1.0


def _rarity(collections: Iterable[Collection[str]]) -> dict[str, float]:
    """How rare each term is among the collections: the logarithm of their number over its own."""
    held = list(collections)
    counts = Counter(term for found in held for term in found)
    return {term: math.log((1 + len(held)) / count) for term, count in counts.items()}

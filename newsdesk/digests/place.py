"""Which stories a digest holds and where: lead, big or in short. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsdesk.digests.headlines import clean, is_teaser
from newsdesk.digests.passages import speaks_english
from newsdesk.digests.sentences import body_sentences
from newsdesk.digests.style import is_publishable
from newsdesk.digests.terms import terms
from newsdesk.stories.models import Theme
from newsdesk.stories.rank import Reason
from newsdesk.stories.read import EntryView, StoryView

MOST_BIG = 6
FEWEST_BIG = 3
MOST_SHORT = 40
FEWEST_SHORT = 12
# A title with fewer content words says nothing ("Link to signup").
FEWEST_TITLE_TERMS = 4
# Lead and big stories of one theme; more only on a day that offers nothing else.
MOST_OF_A_THEME = 2
# A story of an earlier digest comes back once this many further owners have reported it.
ORIGINS_TO_RETURN = 3
# A body shorter than this is a caption: no lead can be told from it.
FEWEST_BODY_CHARACTERS = 120
# A lead is told in depth: the first of the day's best stories in which a report has so many sentences to print.
FEWEST_LEAD_SENTENCES = 3
LEAD_CANDIDATES = 5
# First published this long before the window opened, a story is not today's news.
OLD_NEWS_AGE = timedelta(hours=72)
# Titles sharing this much of the shorter ones' words, rare words counting most, tell the same story twice.
SAME_STORY_SHARE = 0.6
RELATED_STORY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked story; `told_until` is the cut-off of the edition's last digest that held it, None if none did."""

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]
    told_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """Candidates by section, best first within lead and big, by theme in short; `untold` are in other languages."""

    lead: Candidate | None
    big: tuple[Candidate, ...]
    short: tuple[Candidate, ...]
    untold: int

    def in_order(self) -> Iterator[tuple[str, Candidate]]:
        """Every (section, candidate) in page order."""
        if self.lead:
            yield "lead", self.lead
        yield from (("big", candidate) for candidate in self.big)
        yield from (("short", candidate) for candidate in self.short)


def place(ranked: Sequence[Candidate], *, after: datetime) -> Placing:
    """Choose from the candidates, best first, for a window that opened at `after`.

    A story told before comes back only with what is new, and only if enough further owners reported it.
    """
    relevant = [c for c in ranked if c.story.is_relevant and c.story.theme and c.story.entries]
    candidates = [c for c in relevant if _speaks_english(c.story)]
    fresh = [news for c in candidates if (news := what_is_new(c)) is not None]
    prominent = [c for c in fresh if not _is_old(c.story, after)]
    shared = [c for c in prominent if c.story.origins > 1]
    deep = [c for c in shared[:LEAD_CANDIDATES] if _has_depth(c.story)]
    told = [c for pool in (shared, prominent) for c in pool if has_text(c.story)]
    lead = next(iter([*deep, *told, *fresh]), None)
    if lead is None:
        return Placing(None, (), (), len(relevant) - len(candidates))
    alike = _Likeness(fresh)
    big = _big(lead, prominent, alike)
    return Placing(
        lead, tuple(big), tuple(_by_theme(_short([lead, *big], fresh, alike))), len(relevant) - len(candidates)
    )


def what_is_new(candidate: Candidate) -> Candidate | None:
    """The candidate with the entries that an earlier digest did not know, or None if too little is new."""
    since = candidate.told_until
    if since is None:
        return candidate
    story = candidate.story
    old = {entry.owner for entry in story.entries if entry.seen_at <= since}
    entries = tuple(entry for entry in story.entries if entry.seen_at > since)
    owners = {entry.owner for entry in entries if entry.role == "report"} - old
    if len(owners) < ORIGINS_TO_RETURN:
        return None
    return replace(candidate, story=replace(story, entries=entries, origins=len(owners)))


def has_text(story: StoryView) -> bool:
    """Whether any report of the story in English comes with more than its title."""
    return any(
        entry.role != "round_up"
        and speaks_english(entry)
        and len(entry.text) - len(entry.title) >= FEWEST_BODY_CHARACTERS
        for entry in story.entries
    )


def _has_depth(story: StoryView) -> bool:
    return any(
        sum(is_publishable(entry.text[s.start : s.end]) for s in body_sentences(entry.text)) >= FEWEST_LEAD_SENTENCES
        for entry in _reports(story)
        if speaks_english(entry)
    )


class _Likeness:
    """How much two stories of the day are about the same thing: the cosine of their titles' words, rare ones first."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._terms = {c.story.id: {t for e in c.story.entries for t in terms(clean(e.title))} for c in candidates}
        counts = Counter(term for found in self._terms.values() for term in found)
        self._weights = {term: math.log((1 + len(candidates)) / count) for term, count in counts.items()}

    def most(self, candidate: Candidate, told: Sequence[Candidate]) -> float:
        """The likeness to the most alike of those told, 0 to 1."""
        return max((self._of(candidate, other) for other in told), default=0.0)

    def _of(self, one: Candidate, other: Candidate) -> float:
        left, right = self._terms[one.story.id], self._terms[other.story.id]
        shorter = min(left, right, key=self._weight)
        return self._weight(left & right) / self._weight(shorter) if len(left & right) > 1 else 0.0

    def _weight(self, found: Collection[str]) -> float:
        return sum(self._weights[term] for term in found) or 1.0


def _big(lead: Candidate, prominent: Sequence[Candidate], alike: _Likeness) -> list[Candidate]:
    big: list[Candidate] = []
    rest = [c for c in prominent if c is not lead]
    shared = [c for c in rest if c.story.origins > 1]
    single = [c for c in rest if c.story.origins <= 1 and has_text(c.story)]
    pools = ((shared, MOST_BIG, MOST_OF_A_THEME), (single, FEWEST_BIG, MOST_OF_A_THEME), (rest, FEWEST_BIG, MOST_BIG))
    for pool, wanted, cap in pools:
        for candidate in pool:
            if len(big) >= wanted:
                break
            themes = Counter(c.story.theme for c in (lead, *big))
            is_told = candidate in big or alike.most(candidate, [lead, *big]) >= RELATED_STORY_SHARE
            if not is_told and themes[candidate.story.theme] < cap:
                big.append(candidate)
    return sorted(big, key=lambda c: -c.score)


def _short(told: Sequence[Candidate], fresh: Sequence[Candidate], alike: _Likeness) -> list[Candidate]:
    """Everything else, plain headlines first; teasers only fill up a thin day. What is told above is not told again."""
    short: list[Candidate] = []
    plain = [c for c in fresh if _is_plain(c.story)]
    for pool, wanted in ((plain, MOST_SHORT), (fresh, FEWEST_SHORT)):
        for candidate in pool:
            if len(short) >= wanted:
                break
            if candidate not in told and alike.most(candidate, [*told, *short]) < SAME_STORY_SHARE:
                short.append(candidate)
    return short


def _is_plain(story: StoryView) -> bool:
    """Whether some report's title says what happened, instead of asking, teasing or talking of itself."""
    titles = [clean(entry.title, entry.publisher) for entry in _reports(story)]
    return any(not is_teaser(title) and len(set(terms(title))) >= FEWEST_TITLE_TERMS for title in titles)


def _by_theme(short: Sequence[Candidate]) -> list[Candidate]:
    """Themes in the order of their best story, each theme's stories by rank."""
    first = {theme: n for n, theme in reversed(list(enumerate(c.story.theme for c in short)))}
    return sorted(short, key=lambda c: first[c.story.theme])


def _is_old(story: StoryView, after: datetime) -> bool:
    published = [entry.published_at for entry in _reports(story) if entry.published_at]
    return bool(published) and min(published) < after - OLD_NEWS_AGE


def _speaks_english(story: StoryView) -> bool:
    return any(speaks_english(entry) for entry in _reports(story))


def _reports(story: StoryView) -> Sequence[EntryView]:
    return [entry for entry in story.entries if entry.role == "report"] or story.entries


THEME_LABELS = {theme.value: str(theme.label) for theme in Theme}

"""Which stories a digest holds and where: lead, big or in short. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsdesk.digests.headlines import clean, is_teaser
from newsdesk.digests.passages import speaks_english
from newsdesk.digests.sentences import body_sentences
from newsdesk.digests.style import is_publishable
from newsdesk.digests.terms import cosine, fold, terms, vector
from newsdesk.stories.score import Reason
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
# A page that its own date shows to be this old, under a new date in a feed, is republished: no news at all.
REPUBLISHED_AGE = timedelta(days=14)
# So do two stories whose titles share a name that few stories of the day hold, if their texts have this cosine at
# least, and the likeness of titles and texts adds up to this; or if the titles alone are this alike.
LEAST_TEXT_COSINE = 0.15
SAME_NEWS_LIKENESS = 0.38
SAME_NAME_TITLE_SHARE = 0.4
FEW_STORIES = 6
FEW_STORIES_SHARE = 0.05
HEAD_CHARACTERS = 1500
# Titles sharing this much of the shorter ones' words, rare words counting most, tell the same story twice.
SAME_STORY_SHARE = 0.6
RELATED_STORY_SHARE = 0.5

# Praise of oneself: without a figure, and told by nobody else, it is an advertisement.
_PRAISE = re.compile(
    r"\b(?:revolutionary|revolutioni[sz]\w+|number one|no\. ?1|#1|world[’'s]*[- ](?:first|best|leading|class)|"
    r"award[- ]winning|best[- ]in[- ]class|game[- ]chang\w+|groundbreaking|ground-breaking|next[- ]generation|"
    r"cutting[- ]edge|industry[- ]leading|market[- ]leading|top[- ]rated|unparalleled|unmatched|premier|"
    r"transformative|redefin\w+|supercharg\w+|trusted by|ranked)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_CAPITAL = re.compile(r"\b[A-Z][\w&-]+")


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

    A story told before comes back only with what is new, and only if enough further owners reported it. One that an
    editor pinned stands above the others, if it can be told at all.
    """
    chosen = [c for c in ranked if c.story.is_relevant or c.story.is_pinned]
    relevant = [c for c in chosen if c.story.theme and c.story.entries]
    candidates = [c for c in relevant if _speaks_english(c.story)]
    told_now = [c for c in candidates if c.story.is_pinned or not _is_no_news(c.story, after)]
    fresh = [news for c in told_now if (news := what_is_new(c)) is not None]
    prominent = [c for c in fresh if not _is_old(c.story, after)]
    shared = [c for c in prominent if c.story.origins > 1]
    deep = [c for c in shared[:LEAD_CANDIDATES] if _has_depth(c.story)]
    told = [c for pool in (shared, prominent) for c in pool if has_text(c.story)]
    pinned = [c for c in fresh if c.story.is_pinned]
    lead = next(iter([*pinned, *deep, *told, *fresh]), None)
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
    """How much two stories of the day are about the same thing, rare words counting most.

    By the words of their titles: the share of the lesser one's that both hold. By their texts: the cosine (Salton's
    tf-idf), where they share a name that is rare that day.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        stories = [c.story for c in candidates]
        self._titles = {s.id: {t for e in s.entries for t in terms(clean(e.title))} for s in stories}
        self._weights = _rarity(self._titles.values())
        capitals = {s.id: {fold(w) for e in s.entries for w in _CAPITAL.findall(clean(e.title))} for s in stories}
        counts = Counter(name for found in capitals.values() for name in found)
        few = max(FEW_STORIES, FEW_STORIES_SHARE * len(stories))
        self._names = {number: {name for name in found if counts[name] <= few} for number, found in capitals.items()}
        texts = {s.id: [t for e in _reports(s)[:1] for t in terms(e.text[:HEAD_CHARACTERS])] for s in stories}
        rarity = _rarity(set(found) for found in texts.values())
        self._texts = {number: vector(found, rarity) for number, found in texts.items()}

    def most(self, candidate: Candidate, told: Sequence[Candidate]) -> float:
        """The likeness to the most alike of those told, 0 to 1, by titles."""
        return max((self._of(candidate, other) for other in told), default=0.0)

    def is_same(self, candidate: Candidate, told: Sequence[Candidate]) -> bool:
        """Whether one of those told is the same news by its titles, or by a rare name and its text."""
        return any(
            (titles := self._of(candidate, other)) >= SAME_STORY_SHARE or self._is_same_text(candidate, other, titles)
            for other in told
        )

    def _is_same_text(self, one: Candidate, other: Candidate, titles: float) -> bool:
        if not self._names[one.story.id] & self._names[other.story.id]:
            return False
        texts = cosine(self._texts[one.story.id], self._texts[other.story.id])
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


def _big(lead: Candidate, prominent: Sequence[Candidate], alike: _Likeness) -> list[Candidate]:
    big: list[Candidate] = []
    rest = [c for c in prominent if c is not lead]
    shared = [c for c in rest if c.story.origins > 1]
    single = [c for c in rest if c.story.origins <= 1 and has_text(c.story)]
    pinned = [c for c in rest if c.story.is_pinned]
    pools = (
        (pinned, MOST_BIG, MOST_BIG),
        (shared, MOST_BIG, MOST_OF_A_THEME),
        (single, FEWEST_BIG, MOST_OF_A_THEME),
        (rest, FEWEST_BIG, MOST_BIG),
    )
    for pool, wanted, cap in pools:
        for candidate in pool:
            if len(big) >= wanted:
                break
            themes = Counter(c.story.theme for c in (lead, *big))
            above = [lead, *big]
            is_told = alike.most(candidate, above) >= RELATED_STORY_SHARE or alike.is_same(candidate, above)
            if candidate not in big and not is_told and themes[candidate.story.theme] < cap:
                big.append(candidate)
    return sorted(big, key=lambda c: -c.score)


def _short(told: Sequence[Candidate], fresh: Sequence[Candidate], alike: _Likeness) -> list[Candidate]:
    """Everything else, plain headlines first; teasers only fill up a thin day. What is told above is not told again."""
    short: list[Candidate] = []
    heard = list(told)  # with what is left out as told: a third report may be like the second only
    plain = [c for c in fresh if _is_plain(c.story)]
    for pool, wanted in ((plain, MOST_SHORT), (fresh, FEWEST_SHORT)):
        for candidate in pool:
            if len(short) >= wanted:
                break
            if candidate not in heard:
                if not alike.is_same(candidate, heard):
                    short.append(candidate)
                heard.append(candidate)
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


def _is_republished(story: StoryView, after: datetime) -> bool:
    """Whether every report's page says that it is old, whatever its feed says."""
    firsts = [entry.first_public_at for entry in _reports(story)]
    return all(first is not None and first < after - REPUBLISHED_AGE for first in firsts)


def _praises_itself(story: StoryView) -> bool:
    """Whether nothing is told but somebody's own praise: one origin, superlatives, not one figure."""
    titles = [clean(entry.title, entry.publisher) for entry in _reports(story)]
    return story.origins <= 1 and all(_PRAISE.search(title) and not _FIGURE.search(title) for title in titles)


def _is_no_news(story: StoryView, after: datetime) -> bool:
    return _is_republished(story, after) or _praises_itself(story)


def _speaks_english(story: StoryView) -> bool:
    return any(speaks_english(entry) for entry in _reports(story))


def _reports(story: StoryView) -> Sequence[EntryView]:
    return [entry for entry in story.entries if entry.role == "report"] or story.entries

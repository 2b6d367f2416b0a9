"""Online clustering of reports into stories, in one pass and without knowledge of the future. Touches nothing.

The state is a function of the set of reports in the open stories, whatever the order in which they were restored:
counts are integers, figures are computed from them when asked for, and ties go to the older story. So a clusterer
rebuilt from rows decides exactly as one that never stopped.
"""

from __future__ import annotations

import heapq
import math
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from newsdesk.stories.learned import LIKENESS, LIKENESS_WITH_VECTORS, LIKENESS_WITHOUT_TIMES, WORD_RATES, Logistic
from newsdesk.stories.likeness import (
    FEATURES,
    Profile,
    Sum,
    Weighed,
    features,
    profile,
    profile_without_times,
    weighed,
)
from newsdesk.stories.meaning import meaning_features
from newsdesk.stories.names import name_features
from newsdesk.stories.roundup import is_own_account, is_round_up

# A story takes no report after this much silence.
WINDOW = timedelta(hours=72)
# Candidates are found by a report's rarest terms, so many of them; a term in more stories than this finds nothing.
LOOKED_UP_TERMS = 16
COMMON_TERM_STORIES = 400
# Only the stories that share most with a report are compared with it, by their first report and their latest. What to
# tell apart is learned from more of them than a stream needs: with 4 of 10 the figures stay and half is done.
COMPARED_STORIES, COMPARED_STORIES_OF_STREAM = 10, 4
COMPARED_MEMBERS, COMPARED_MEMBERS_WITHOUT_TIMES = 8, 24
# General word frequencies count as much as this many reports of the window.
PRIOR_REPORTS = 1500
# A term that is in nearly every report still weighs so much, in nats.
MIN_WEIGHT = 0.1
# Probability at which a report joins a small story and a large one, measured best on labelled days held out: a report
# missed by a small story costs more than one too many, while one too many in a large story is wrong beside every one of
# its reports. Across languages the words prove less.
JOIN, JOIN_LARGE, LARGE_STORY_REPORTS = 0.25, 0.4, 3
JOIN_WITH_VECTORS, JOIN_LARGE_WITH_VECTORS, LARGE_STORY_REPORTS_WITH_VECTORS = 0.25, 0.6, 2
JOIN_ACROSS_LANGUAGES = 0.9
# What someone tells of their own doings shares the words of the news that it is about, and is hardly ever that news: on
# labelled days the wrong ones came to .55 at most, the right ones to .86 at least.
JOIN_OWN_ACCOUNT = 0.7
# There is no news this old: a recording without times is clocked from 2000, a second a record. Its gaps mean nothing,
# and as no story of it ever ends, one missed costs most.
NO_TIMES_BEFORE = datetime(2001, 1, 1, tzinfo=UTC)
JOIN_WITHOUT_TIMES = 0.15

REPORT, COPY, ROUND_UP = "report", "copy", "round_up"


@dataclass(frozen=True, slots=True)
class Item:
    """A report to be placed; `key` orders items seen at one moment, `founds` names the story it would found.

    `publisher` is any name by which publishers are told apart, best the one with which they sign their titles.
    `vector` is the unit vector of its `meaning.embedded_text`; empty where there is none.
    """

    key: int
    founds: str
    seen_at: datetime
    title: str
    text: str
    publisher: str
    language: str = "en"
    vector: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A report's story and role; `similarity` is the probability with which it joined, None where it founded it."""

    story: str
    role: str
    similarity: float | None


@dataclass(frozen=True, slots=True, order=True)
class _Member:
    seen_at: datetime
    key: int
    profile: Profile = field(compare=False)
    language: str = field(compare=False)


@dataclass(slots=True)
class _Open:
    name: str
    members: list[_Member] = field(default_factory=list)
    sum: Sum = field(default_factory=Sum)


class _Weights(dict[str, float]):
    """The inverse document frequency of each term over the open window and the language at large, in nats."""

    def __init__(self, reports_with: dict[str, int]) -> None:
        self.reports = 0
        self._reports_with = reports_with

    def __missing__(self, term: str) -> float:
        expected = PRIOR_REPORTS * WORD_RATES.get(term, 0.0)
        weight = math.log((self.reports + PRIOR_REPORTS) / (self._reports_with.get(term, 0) + expected + 1.0))
        self[term] = weight = max(weight, MIN_WEIGHT)
        return weight


class Clusterer:
    """The open stories, and where the next report goes.

    `has_reopened` tells that a report was bound to a story that had closed, whose other reports are not known here.
    """

    def __init__(self) -> None:
        self._clock: datetime | None = None
        self._stories: dict[str, _Open] = {}
        self._closing: list[tuple[datetime, str]] = []
        self._with_term: dict[str, dict[str, int]] = {}
        self._reports_with: dict[str, int] = {}
        self._reports = 0
        self._weights = _Weights(self._reports_with)
        self.has_reopened = False

    def __len__(self) -> int:
        return len(self._stories)

    def add(
        self, item: Item, *, follows: str | None = None, bound: str | None = None, barred: frozenset[str] = frozenset()
    ) -> Decision:
        """Place a report: with an open story that it most probably tells, else in a story of its own.

        `follows` names the story of the original that the item copies: it goes there and teaches nothing. A round-up
        stands alone and teaches nothing. An item older than the last one is placed among the stories open now, and
        one older than the window founds a story that is closed. What editors said comes first: an item `bound` to a
        story goes there, also when it had closed, and into none of the `barred` ones.
        """
        self.advance(item.seen_at)
        if follows in barred:
            follows = None
        if follows is not None and bound in (None, follows):
            return Decision(follows, COPY, None)
        if is_round_up(item.title, item.publisher):
            return Decision(bound or item.founds, ROUND_UP, None)
        new = profile_of(item)
        if bound is not None:
            self.has_reopened |= bound not in self._stories
            self._insert(bound, _Member(item.seen_at, item.key, new, item.language))
            return Decision(bound, REPORT, None)
        story, probability = self._best_story(new, item, barred)
        self._insert(story or item.founds, _Member(item.seen_at, item.key, new, item.language))
        return Decision(story, REPORT, probability) if story else Decision(item.founds, REPORT, None)

    def restore(self, items: Iterable[tuple[Item, str]], *, clock: datetime) -> None:
        """Take up reports with the stories they are in, and the time of the last item ever placed."""
        for item, story in items:
            new = profile_of(item)
            self._insert(story, _Member(item.seen_at, item.key, new, item.language))
        self.advance(clock)

    def advance(self, clock: datetime) -> None:
        """Move the clock, never backwards, and close the stories that have been silent for the window."""
        if self._clock is not None and clock <= self._clock:
            clock = self._clock
        self._clock = clock
        while self._closing and self._closing[0][0] < clock - WINDOW:
            _, name = heapq.heappop(self._closing)
            story = self._stories.get(name)
            if story is None:
                continue
            if (last := story.members[-1].seen_at) < clock - WINDOW:
                self._close(story)
            else:
                heapq.heappush(self._closing, (last, name))

    def weigh(self, new: Profile) -> Weighed:
        """The report with its terms' weights among the reports open now."""
        if self._weights.reports != (size := _rounded(self._reports)):
            self._weights.clear()
            self._weights.reports = size
        return weighed(new, self._weights)

    def candidates(self, new: Weighed, barred: frozenset[str] = frozenset(), most: int = COMPARED_STORIES) -> list[str]:
        """The open stories that share most with a report, by the squared weights of its rarest terms they contain.

        The first of them, as many as `most`; the `barred` ones are left out.
        """
        rarest = heapq.nlargest(LOOKED_UP_TERMS, new.terms, key=lambda term: (new.terms[term], term))
        shared: dict[str, float] = {}
        for term in rarest:
            names = self._with_term.get(term)
            if names and len(names) <= COMMON_TERM_STORIES:
                value = self._weights[term] ** 2
                for name in names:
                    shared[name] = shared.get(name, 0.0) + value
        for name in barred:
            shared.pop(name, None)
        # Only those that can be among the first are put in order, for there may be hundreds.
        least = sorted(shared.values(), reverse=True)[:most][-1] if shared else 0.0
        first = [name for name, value in shared.items() if value >= least]
        first.sort(key=lambda name: (-shared[name], self._stories[name].members[0]))
        return first[:most]

    def compare(self, new: Weighed, name: str, seen_at: datetime) -> tuple[float, ...]:
        """`likeness.FEATURES` of a report against an open story.

        Without times followed by `names.NAME_FEATURES`, in a stream by `meaning.MEANING_FEATURES` where there are any.
        """
        story = self._stories[name]
        members = story.members
        most = COMPARED_MEMBERS_WITHOUT_TIMES if _is_without_times(seen_at) else COMPARED_MEMBERS
        compared = members if len(members) <= most else [members[0], *members[1 - most :]]
        profiles = [member.profile for member in compared]
        if _is_without_times(seen_at):
            found = features(new, story.sum, profiles, self._weights, None)
            return found + name_features(new, story.sum, profiles, self._weights)
        gap_h = (seen_at - members[-1].seen_at) / timedelta(hours=1)
        found = features(new, story.sum, profiles, self._weights, gap_h)
        return found + meaning_features(new.profile.vector, [profile.vector for profile in profiles])

    def _best_story(self, new: Profile, item: Item, barred: frozenset[str]) -> tuple[str | None, float]:
        best: str | None = None
        best_probability = 0.0
        most = COMPARED_STORIES if _is_without_times(item.seen_at) else COMPARED_STORIES_OF_STREAM
        report = self.weigh(new)
        is_own = not _is_without_times(item.seen_at) and is_own_account(item.title, item.publisher)
        for name in self.candidates(report, barred, most):
            story = self._stories[name]
            found = self.compare(report, name, item.seen_at)
            likeness, join = _rule(found, len(story.members), item.seen_at)
            if is_own:
                join = JOIN_OWN_ACCOUNT
            if not any(_same_language(member.language, item.language) for member in story.members):
                join = JOIN_ACROSS_LANGUAGES
            probability = likeness.probability(found)
            if probability >= join and probability > best_probability:
                best, best_probability = name, probability
        return best, best_probability

    def _insert(self, name: str, member: _Member) -> None:
        story = self._stories.get(name)
        if story is None:
            story = self._stories[name] = _Open(name)
            heapq.heappush(self._closing, (member.seen_at, name))
        insort(story.members, member)
        story.sum.take(member.profile)
        self._reports += 1
        for term in member.profile.terms:
            self._reports_with[term] = self._reports_with.get(term, 0) + 1
            names = self._with_term.setdefault(term, {})
            names[name] = names.get(name, 0) + 1
            self._weights.pop(term, None)

    def _close(self, story: _Open) -> None:
        del self._stories[story.name]
        for member in story.members:
            self._reports -= 1
            for term in member.profile.terms:
                self._weights.pop(term, None)
                self._with_term[term].pop(story.name, None)
                if self._reports_with[term] == 1:
                    del self._reports_with[term], self._with_term[term]
                else:
                    self._reports_with[term] -= 1


def profile_of(item: Item) -> Profile:
    """The profile of a report, read for what the model of its kind compares."""
    read = profile_without_times if _is_without_times(item.seen_at) else profile
    found = read(item.title, item.text, item.publisher)
    return replace(found, vector=item.vector) if item.vector else found


def _rule(found: tuple[float, ...], reports: int, seen_at: datetime) -> tuple[Logistic, float]:
    """The odds formula that fits what is known of a report and a story of so many reports, and when the one joins."""
    if _is_without_times(seen_at):
        return LIKENESS_WITHOUT_TIMES, JOIN_WITHOUT_TIMES
    if len(found) == len(FEATURES):
        return LIKENESS, JOIN_LARGE if reports >= LARGE_STORY_REPORTS else JOIN
    is_large = reports >= LARGE_STORY_REPORTS_WITH_VECTORS
    return LIKENESS_WITH_VECTORS, JOIN_LARGE_WITH_VECTORS if is_large else JOIN_WITH_VECTORS


def _rounded(count: int) -> int:
    """The count to the next lower fourth root of two, so that weights need not follow every single report."""
    return int(2 ** (math.floor(4 * math.log2(count)) / 4)) if count else 0


def _is_without_times(seen_at: datetime) -> bool:
    return seen_at < NO_TIMES_BEFORE


def _same_language(one: str, other: str) -> bool:
    return one.split("-")[0].lower() == other.split("-")[0].lower()

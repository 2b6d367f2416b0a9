"""Online clustering of reports into stories, in one pass and without knowledge of the future. Touches nothing.

The state is a function of the set of reports in the open stories, whatever the order in which they were restored:
counts are integers, figures are computed from them when asked for, and ties go to the older story. So a clusterer
rebuilt from rows decides exactly as one that never stopped, repairs (`repair.py`) included.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from newsdesk.stories.clustering.comparing.learned import (
    LIKENESS,
    LIKENESS_WITH_VECTORS,
    LIKENESS_WITHOUT_TIMES,
    Logistic,
)
from newsdesk.stories.clustering.comparing.likeness import FEATURES, features
from newsdesk.stories.clustering.comparing.meaning import meaning_features
from newsdesk.stories.clustering.comparing.name_features import name_features
from newsdesk.stories.clustering.comparing.opening import opening_features
from newsdesk.stories.clustering.comparing.profile import Profile, Weighed, profile, profile_without_times, weighed
from newsdesk.stories.clustering.comparing.rarity import Weights
from newsdesk.stories.clustering.item import COPY, REPORT, ROUND_UP, Decision, Item
from newsdesk.stories.clustering.open_story import Member, OpenStory
from newsdesk.stories.clustering.repair import SPLIT_SIZES, Repair, merge_of, split_of
from newsdesk.stories.titles.round_up import is_own_account, is_round_up

# A story takes no report after this much silence.
WINDOW = timedelta(hours=72)
# Candidates are found by a report's rarest terms, so many of them; a term in more stories than this finds nothing.
LOOKED_UP_TERMS = 16
COMMON_TERM_STORIES = 400
# Only the stories that share most with a report are compared with it, by their first report and their latest. What to
# tell apart is learned from more of them than a stream needs: with 4 of 10 the figures stay and half is done.
COMPARED_STORIES, COMPARED_STORIES_OF_STREAM = 10, 4
# Nor is one that shares less than this part of what the first shares: up to .25 no decision on a recorded stream and on
# labelled days differed (8,749 reports), at .4 seven did.
COMPARED_SHARE_OF_STREAM = 0.25
COMPARED_MEMBERS, COMPARED_MEMBERS_WITHOUT_TIMES = 8, 24
# Probability at which a report joins a small story and a large one, measured best on labelled days held out: a report
# missed by a small story costs more than one too many, while one too many in a large story is wrong beside every one of
# its reports.
JOIN, JOIN_LARGE, LARGE_STORY_REPORTS = 0.25, 0.45, 3
JOIN_WITH_VECTORS, JOIN_LARGE_WITH_VECTORS, LARGE_STORY_REPORTS_WITH_VECTORS = 0.25, 0.6, 2
# Across languages the words that are shared are names, which prove less: of 7 reports in a recorded stream that reach
# this with a story in another language, 6 told it; of 3 that reach .5 at most one did.
JOIN_ACROSS_LANGUAGES = 0.7
# What someone tells of their own doings shares the words of the news that it is about, and is hardly ever that news: on
# labelled days the wrong ones came to .55 at most, the right ones to .86 at least.
JOIN_OWN_ACCOUNT = 0.7
# There is no news this old: a recording without times is clocked from 2000, a second a record. Its gaps mean nothing,
# and as no story of it ever ends, one missed costs most.
NO_TIMES_BEFORE = datetime(2001, 1, 1, tzinfo=UTC)
JOIN_WITHOUT_TIMES = 0.1

# Mean probability at which the reports of one story fit another so well that the two are merged. On labelled days left
# out .5 cost pair precision .05, .6 and more nothing; with vectors .65 cost .06, .8 and more nothing. Where they carry
# no times a story of few reports is held against each story near it that grows; both figures were best on halves of
# collections left out.
MERGE, MERGE_WITH_VECTORS, MERGE_WITHOUT_TIMES = 0.65, 0.8, 0.8
SMALL_STORY, MERGE_SMALL_WITHOUT_TIMES = 2, 0.5

NO_OWN_ODDS: Mapping[Logistic, Logistic] = {}


class Clusterer:
    """The open stories, and where the next report goes.

    `has_reopened` tells that a report was bound to a story that had closed, whose other reports are not known here.
    `own_odds` are odds formulas that it uses in place of shipped ones; they stay what they are.
    """

    def __init__(self, own_odds: Mapping[Logistic, Logistic] = NO_OWN_ODDS) -> None:
        self.own_odds = own_odds
        self._clock: datetime | None = None
        self._stories: dict[str, OpenStory] = {}
        self._closing: list[tuple[datetime, str]] = []
        self._with_term: dict[str, dict[str, int]] = {}
        self._reports_with: dict[str, int] = {}
        self._reports = 0
        self._weights = Weights(self._reports_with)
        self.has_reopened = False

    def __len__(self) -> int:
        return len(self._stories)

    def __contains__(self, story: str) -> bool:
        """Whether the story is open."""
        return story in self._stories

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
            self._insert(bound, _member(item, new, is_bonded=True))
            return Decision(bound, REPORT, None)
        member = _member(item, new, is_bonded=item.is_bonded or bool(barred))
        fitting, near = self._fitting_stories(member, barred)
        story, probability = fitting[0] if fitting else (item.founds, None)
        self._insert(story, member)
        repairs = tuple(self._repaired(story, [*(name for name, _ in fitting[1:]), *near]))
        for repair in repairs:
            if item.key in repair.keys:
                story = repair.target
        return Decision(story, REPORT, probability, repairs)

    def restore(self, items: Iterable[tuple[Item, str]], *, clock: datetime) -> None:
        """Take up reports with the stories they are in, and the time of the last item ever placed."""
        for item, story in items:
            self._insert(story, _member(item, profile_of(item), is_bonded=item.is_bonded))
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
        self._weights.count(self._reports)
        return weighed(new, self._weights)

    def candidates(
        self,
        new: Weighed,
        barred: frozenset[str] = frozenset(),
        most: int = COMPARED_STORIES,
        least_share: float = 0.0,
    ) -> list[str]:
        """The open stories that share most with a report, by the squared weights of its rarest terms they contain.

        The first of them, as many as `most`, that share `least_share`, 0 to 1, of what the very first shares or more;
        the `barred` ones are left out.
        """
        rarest = sorted([(weight, term) for term, weight in new.terms.items()], reverse=True)[:LOOKED_UP_TERMS]
        shared: dict[str, float] = {}
        for _, term in rarest:
            names = self._with_term.get(term)
            if names and len(names) <= COMMON_TERM_STORIES:
                value = self._weights[term] ** 2
                for name in names:
                    shared[name] = shared.get(name, 0.0) + value
        for name in barred:
            shared.pop(name, None)
        # Only those that can be among the first are put in order, for there may be hundreds.
        values = sorted(shared.values(), reverse=True)[:most]
        least = max(values[-1], least_share * values[0]) if values else 0.0
        first = [name for name, value in shared.items() if value >= least]
        first.sort(key=lambda name: (-shared[name], self._stories[name].members[0]))
        return first[:most]

    def compare(self, new: Weighed, name: str, seen_at: datetime) -> tuple[float, ...]:
        """`likeness.FEATURES` of a report against an open story.

        Without times `names.NAME_FEATURES` and `opening.OPENING_FEATURES` follow, in a stream
        `meaning.MEANING_FEATURES` where there are any.
        """
        return self._compare(new, self._stories[name], seen_at)

    def _compare(self, new: Weighed, story: OpenStory, seen_at: datetime) -> tuple[float, ...]:
        members = story.members
        most = COMPARED_MEMBERS_WITHOUT_TIMES if _is_without_times(seen_at) else COMPARED_MEMBERS
        compared = members if len(members) <= most else [members[0], *members[1 - most :]]
        profiles = [member.profile for member in compared]
        if _is_without_times(seen_at):
            found = features(new, story.sum, profiles, self._weights, None)
            found += name_features(new, story.sum, profiles, self._weights)
            return found + opening_features(new, profiles, self._weights)
        gap_h = (seen_at - members[-1].seen_at) / timedelta(hours=1)
        found = features(new, story.sum, profiles, self._weights, gap_h)
        return found + meaning_features(new.profile.vector, [profile.vector for profile in profiles])

    def _fitting_stories(self, new: Member, barred: frozenset[str]) -> tuple[list[tuple[str, float]], list[str]]:
        """The stories that the report may join and the probabilities of that, the best first; then others to repair.

        Those are, where reports carry no times, the small stories near it: they may fit the one that it joins, by now.
        """
        without_times = _is_without_times(new.seen_at)
        most, least_share = COMPARED_STORIES_OF_STREAM, COMPARED_SHARE_OF_STREAM
        if without_times:
            most, least_share = COMPARED_STORIES, 0.0
        report = self.weigh(new.profile)
        fitting: list[tuple[str, float]] = []
        near: list[str] = []
        for name in self.candidates(report, barred, most, least_share):
            story = self._stories[name]
            probability, join = self._judge(report, story, new.seen_at)
            if new.is_own_account:
                join = JOIN_OWN_ACCOUNT
            if probability >= (join if story.has_language(new.language) else JOIN_ACROSS_LANGUAGES):
                fitting.append((name, probability))
            elif without_times and len(story.members) <= SMALL_STORY:
                near.append(name)
        return sorted(fitting, key=lambda one: -one[1]), near

    def _judge(self, report: Weighed, story: OpenStory, seen_at: datetime) -> tuple[float, float]:
        """The probability that a report tells the story, and the one from which it joins."""
        found, size = self._compare(report, story, seen_at), len(story.members)
        if _is_without_times(seen_at):
            likeness, join = LIKENESS_WITHOUT_TIMES, JOIN_WITHOUT_TIMES
        elif len(found) == len(FEATURES):
            likeness, join = LIKENESS, JOIN_LARGE if size >= LARGE_STORY_REPORTS else JOIN
        else:
            is_large = size >= LARGE_STORY_REPORTS_WITH_VECTORS
            likeness, join = LIKENESS_WITH_VECTORS, JOIN_LARGE_WITH_VECTORS if is_large else JOIN_WITH_VECTORS
        return self.own_odds.get(likeness, likeness).probability(found), join

    def _repaired(self, grown: str, others: list[str]) -> Iterator[Repair]:
        """Merge with the story that has just grown those `others` that its new report fits too, then split it."""
        if not others and len(self._stories[grown].members) not in SPLIT_SIZES:
            return

        # Moving reports changes no term's weight.
        @cache
        def report(member: Member) -> Weighed:
            return self.weigh(member.profile)

        def fit(member: Member, story: OpenStory) -> float:
            return self._judge(report(member), story, member.seen_at)[0]

        def likeness(member: Member, earlier: Member) -> float:
            alone = OpenStory("")
            alone.take(earlier)
            return fit(member, alone)

        for name in others:
            story, other = self._stories[grown], self._stories[name]
            if repair := merge_of(story, other, least=_least_to_merge(story, other), fit=fit, likeness=likeness):
                self._move(repair)
                grown = repair.target
                yield repair
        # An id in use cannot be founded: its own entry came after an older one or stands elsewhere.
        repair = split_of(self._stories[grown], likeness=likeness)
        if repair and repair.target and repair.target not in self._stories:
            self._move(repair)
            yield repair

    def _move(self, repair: Repair) -> None:
        story = self._stories[repair.source]
        self._close(story)
        for member in story.members:
            self._insert(repair.target if member.key in repair.keys else story.name, member)

    def _insert(self, name: str, member: Member) -> None:
        story = self._stories.get(name)
        if story is None:
            story = self._stories[name] = OpenStory(name)
            heapq.heappush(self._closing, (member.seen_at, name))
        story.take(member)
        self._reports += 1
        for term in member.profile.terms:
            self._reports_with[term] = self._reports_with.get(term, 0) + 1
            names = self._with_term.setdefault(term, {})
            names[name] = names.get(name, 0) + 1
            self._weights.pop(term, None)

    def _close(self, story: OpenStory) -> None:
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


def _member(item: Item, new: Profile, *, is_bonded: bool) -> Member:
    is_own = not _is_without_times(item.seen_at) and is_own_account(item.title, item.publisher)
    return Member(item.seen_at, item.key, new, item.language, item.founds, is_bonded, is_own)


def _least_to_merge(grown: OpenStory, other: OpenStory) -> float:
    if not _is_without_times(grown.members[0].seen_at):
        return MERGE_WITH_VECTORS if grown.members[-1].profile.vector else MERGE
    is_small = min(len(grown.members), len(other.members)) <= SMALL_STORY < len(grown.members)
    return MERGE_SMALL_WITHOUT_TIMES if is_small else MERGE_WITHOUT_TIMES


def profile_of(item: Item) -> Profile:
    """The profile of a report, read for what the model of its kind compares."""
    read = profile_without_times if _is_without_times(item.seen_at) else profile
    found = read(item.title, item.text, item.publisher)
    return replace(found, vector=item.vector) if item.vector else found


def _is_without_times(seen_at: datetime) -> bool:
    return seen_at < NO_TIMES_BEFORE

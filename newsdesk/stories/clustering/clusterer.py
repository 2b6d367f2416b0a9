"""Online clustering of reports into stories, in one pass and without knowledge of the future. Touches nothing.

Its state, `open_stories.py`, is a function of the set of reports in the open stories, whatever the order in which they
were restored, and ties go to the older story. So a clusterer rebuilt from rows decides exactly as one that never
stopped, repairs (`merge_and_split.py`) included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.comparing.likeness import features
from newsdesk.stories.clustering.comparing.meaning import meaning_features
from newsdesk.stories.clustering.comparing.name_features import name_features
from newsdesk.stories.clustering.comparing.opening import opening_features
from newsdesk.stories.clustering.comparing.profile import Profile, Weighed, profile, profile_without_times
from newsdesk.stories.clustering.comparing.told_apart import are_told_apart
from newsdesk.stories.clustering.item import COPY, REPORT, ROUND_UP, Decision, Item
from newsdesk.stories.clustering.joining import (
    JOIN_BY_RARE_NAME,
    is_without_times,
    joins,
    odds_and_least,
)
from newsdesk.stories.clustering.merge_and_split import (
    SMALL_STORY,
    SPLIT_SIZES,
    Repair,
    least_to_merge,
    merge_of,
    split_of,
)
from newsdesk.stories.clustering.open_stories import OpenStories
from newsdesk.stories.clustering.open_story import Member, OpenStory
from newsdesk.stories.titles.round_up import is_own_account, is_round_up

# Only the stories that share most with a report are compared with it, by their first report and their latest. What to
# tell apart is learned from more of them than a stream needs: with 4 of 10 the figures stay and half is done.
COMPARED_STORIES, COMPARED_STORIES_OF_STREAM = 10, 4
# Nor is one that shares less than this part of what the first shares: up to .25 no decision on a recorded stream and on
# labelled days differed (8,749 reports), at .4 seven did.
COMPARED_SHARE_OF_STREAM = 0.25
COMPARED_MEMBERS, COMPARED_MEMBERS_WITHOUT_TIMES = 8, 24
NO_OWN_ODDS: Mapping[Logistic, Logistic] = {}


class Clusterer:
    """The open stories, and where the next report goes.

    `has_reopened` tells that a report was bound to a story that had closed, whose other reports are not known here.
    `own_odds` are odds formulas that it uses in place of shipped ones; they stay what they are.
    """

    def __init__(self, own_odds: Mapping[Logistic, Logistic] = NO_OWN_ODDS) -> None:
        self.own_odds = own_odds
        self._open = OpenStories()
        self.has_reopened = False

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, story: str) -> bool:
        """Whether the story is open."""
        return story in self._open

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
            self.has_reopened |= bound not in self._open
            self._open.insert(bound, _member(item, new, is_bonded=True))
            return Decision(bound, REPORT, None)
        member = _member(item, new, is_bonded=item.is_bonded or bool(barred))
        fitting, near = self._fitting_stories(member, barred)
        story, probability = fitting[0] if fitting else (item.founds, None)
        self._open.insert(story, member)
        repairs = tuple(self._repaired(story, [*(name for name, _ in fitting[1:]), *near]))
        for repair in repairs:
            if item.key in repair.keys:
                story = repair.target
        return Decision(story, REPORT, probability, repairs)

    def restore(self, items: Iterable[tuple[Item, str]], *, clock: datetime) -> None:
        """Take up reports with the stories they are in, and the time of the last item ever placed."""
        for item, story in items:
            self._open.insert(story, _member(item, profile_of(item), is_bonded=item.is_bonded))
        self.advance(clock)

    def advance(self, clock: datetime) -> None:
        """Move the clock, never backwards, and close the stories that have been silent for the window."""
        self._open.advance(clock)

    def weigh(self, new: Profile) -> Weighed:
        """The report with its terms' weights among the reports open now."""
        return self._open.weigh(new)

    def candidates(self, new: Weighed) -> list[str]:
        """The open stories that share most with a report."""
        return self._open.near(new, most=COMPARED_STORIES)

    def compare(self, new: Weighed, name: str, seen_at: datetime) -> tuple[float, ...]:
        """`likeness.FEATURES` of a report against an open story.

        Without times `names.NAME_FEATURES` and `opening.OPENING_FEATURES` follow, in a stream
        `meaning.MEANING_FEATURES` where there are any.
        """
        return self._compare(new, self._open[name], seen_at)

    def _compare(self, new: Weighed, story: OpenStory, seen_at: datetime) -> tuple[float, ...]:
        members = story.members
        most = COMPARED_MEMBERS_WITHOUT_TIMES if is_without_times(seen_at) else COMPARED_MEMBERS
        compared = members if len(members) <= most else [members[0], *members[1 - most :]]
        profiles = [member.profile for member in compared]
        if is_without_times(seen_at):
            found = features(new, story.sum, profiles, self._open.weights, None)
            found += name_features(new, story.sum, profiles, self._open.weights)
            return found + opening_features(new, profiles, self._open.weights)
        gap_h = (seen_at - members[-1].seen_at) / timedelta(hours=1)
        found = features(new, story.sum, profiles, self._open.weights, gap_h)
        return found + meaning_features(new.profile.vector, [profile.vector for profile in profiles])

    def _fitting_stories(self, new: Member, barred: frozenset[str]) -> tuple[list[tuple[str, float]], list[str]]:
        """The stories that the report may join and the probabilities of that, the best first; then others to repair.

        Those are, where reports carry no times, the small stories near it: they may fit the one that it joins, by now.
        """
        without_times = is_without_times(new.seen_at)
        most, least_share = COMPARED_STORIES_OF_STREAM, COMPARED_SHARE_OF_STREAM
        if without_times:
            most, least_share = COMPARED_STORIES, 0.0
        report = self.weigh(new.profile)
        fitting: list[tuple[str, float]] = []
        near: list[str] = []
        for name in self._open.near(report, barred, most=most, least_share=least_share):
            story = self._open[name]
            probability, least = self._judge(report, story, new.seen_at)
            if joins(new, story, probability, least):
                fitting.append((name, probability))
            elif without_times and len(story.members) <= SMALL_STORY:
                near.append(name)
        return sorted(fitting, key=lambda one: -one[1]), near

    def _judge(self, report: Weighed, story: OpenStory, seen_at: datetime) -> tuple[float, float]:
        """The probability that a report tells the story, and the one from which any report joins it."""
        values = self._compare(report, story, seen_at)
        shipped, least = odds_and_least(values, len(story.members), seen_at)
        probability = self.own_odds.get(shipped, shipped).probability(values)
        if probability >= min(least, JOIN_BY_RARE_NAME) and not is_without_times(seen_at):
            members = [member.profile for member in story.members[-COMPARED_MEMBERS:]]
            if are_told_apart(report.profile, members):
                return 0.0, least
        return probability, least

    def _repaired(self, grown: str, others: list[str]) -> Iterator[Repair]:
        """Merge with the story that has just grown those `others` that its new report fits too, then split it."""
        if not others and len(self._open[grown].members) not in SPLIT_SIZES:
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
            story, other = self._open[grown], self._open[name]
            if repair := merge_of(story, other, least=least_to_merge(story, other), fit=fit, likeness=likeness):
                self._move(repair)
                grown = repair.target
                yield repair
        # An id in use cannot be founded: its own entry came after an older one or stands elsewhere.
        repair = split_of(self._open[grown], likeness=likeness)
        if repair and repair.target and repair.target not in self._open:
            self._move(repair)
            yield repair

    def _move(self, repair: Repair) -> None:
        story = self._open[repair.source]
        self._open.close(story)
        for member in story.members:
            self._open.insert(repair.target if member.key in repair.keys else story.name, member)


def _member(item: Item, new: Profile, *, is_bonded: bool) -> Member:
    is_own = not is_without_times(item.seen_at) and is_own_account(item.title, item.publisher)
    return Member(item.seen_at, item.key, new, item.language, item.founds, is_bonded, is_own)


def profile_of(item: Item) -> Profile:
    """The profile of a report, read for what the model of its kind compares."""
    read = profile_without_times if is_without_times(item.seen_at) else profile
    found = read(item.title, item.text, item.publisher)
    return replace(found, vector=item.vector) if item.vector else found

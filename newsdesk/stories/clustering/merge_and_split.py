"""Late changes of mind about open stories, when evidence has grown. Touches nothing.

A report that fits two stories may show that they are one; a story that has grown may show that it is two. Both are
decided by how the stories' own reports fit one another, and only about the story that has just grown, so that it costs
little. Both are cautious: a merge never makes what a split would part again, and nothing that an editor spoke of moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Literal

from newsdesk.stories.clustering.joining import is_without_times
from newsdesk.stories.clustering.open_story import Member, OpenStory

# Mean probability at which the reports of one story fit another so well that the two are merged. On labelled days left
# out .5 cost pair precision .05, .6 and more nothing; with vectors .65 cost .06, .8 and more nothing. Where they carry
# no times a story of few reports is held against each story near it that grows; both figures were best on halves of
# collections left out.
MERGE, MERGE_WITH_VECTORS, MERGE_WITHOUT_TIMES = 0.65, 0.8, 0.8
SMALL_STORY, MERGE_SMALL_WITHOUT_TIMES = 2, 0.5
# So many of a story's reports speak for it in a merge: its first and its latest.
HEARD_REPORTS = 8
# A story is looked at for a split when it has grown to one of these numbers of reports, so that each report costs as
# much whatever the story's size.
SPLIT_SIZES = frozenset((6, 9, 14))
# Median probability, report against single report, at which two groups tell two events, and the mean in each from which
# it is coherent: on labelled days and collections left out the splits within these were right, and wrong ones just
# beyond. The median, because a report that tells both events is alike to either.
MOST_ACROSS, LEAST_WITHIN = 0.06, 0.75


@dataclass(frozen=True, slots=True)
class Repair:
    """A late change of mind: the reports with these keys go from one story to another, of which one may be new.

    `keys` are of the reports that move, in the order seen; copies follow their original. A merge moves all reports of
    `source`; of a split `target` is the id that the first of the moved entries founds. `probability` is that of the
    two being one event, 0 to 1.
    """

    kind: Literal["merge", "split"]
    keys: tuple[int, ...]
    source: str
    target: str
    probability: float


Fit = Callable[[Member, OpenStory], float]
Likeness = Callable[[Member, Member], float]
# The likeness of reports by their numbers, the earlier one first.
Alike = dict[tuple[int, int], float]


def least_to_merge(grown: OpenStory, other: OpenStory) -> float:
    """The mean probability from which a story that has just grown and another are merged."""
    if not is_without_times(grown.members[0].seen_at):
        return MERGE_WITH_VECTORS if grown.members[-1].profile.vector else MERGE
    is_small = min(len(grown.members), len(other.members)) <= SMALL_STORY < len(grown.members)
    return MERGE_SMALL_WITHOUT_TIMES if is_small else MERGE_WITHOUT_TIMES


def merge_of(grown: OpenStory, other: OpenStory, *, least: float, fit: Fit, likeness: Likeness) -> Repair | None:
    """The merge of two stories whose reports fit each other with a mean probability of `least` or more.

    `fit` is the probability with which a report would join a story, `likeness` that with which one would join another,
    earlier one. The smaller story's reports are held against the larger; the older first report keeps its story's id.
    What people tell of their own doings is merged with nothing.
    """
    if grown.is_bonded or other.is_bonded or not grown.shares_language(other):
        return None
    if grown.is_own_account or other.is_own_account:
        return None
    older, newer = (grown, other) if grown.members[0] < other.members[0] else (other, grown)
    smaller, larger = (newer, older) if len(newer.members) <= len(older.members) else (older, newer)
    heard = _heard(smaller)
    probability = _mean([fit(report, larger) for report in heard])
    if probability < least or _would_part(heard, _heard(larger), likeness):
        return None
    return Repair("merge", tuple(report.key for report in newer.members), newer.name, older.name, probability)


def split_of(story: OpenStory, *, likeness: Likeness) -> Repair | None:
    """The split of a story that has grown to hold two coherent groups of two or more reports that fit badly.

    The group with the older first report keeps the id.
    """
    reports = story.members
    if len(reports) not in SPLIT_SIZES or story.is_bonded:
        return None
    alike = _all_alike(reports, likeness)
    staying, moving = _halves(len(reports), alike)
    if not _tell_two(staying, moving, alike):
        return None
    probability, target = median(_across(staying, moving, alike)), reports[moving[0]].founds
    return Repair("split", tuple(reports[n].key for n in moving), story.name, target, probability)


def _would_part(some: Sequence[Member], others: Sequence[Member], likeness: Likeness) -> bool:
    """Whether the reports of two stories, put into one, are what a split parts."""
    if min(len(some), len(others)) < 2:
        return False
    reports = sorted([*some, *others])
    alike = _all_alike(reports, likeness)
    first = [n for n, report in enumerate(reports) if report in some]
    return _tell_two(first, [n for n in range(len(reports)) if n not in first], alike)


def _tell_two(one: Sequence[int], other: Sequence[int], alike: Alike) -> bool:
    """Whether two groups of reports are each coherent and fit each other badly."""
    if min(len(one), len(other)) < 2 or min(_within(one, alike), _within(other, alike)) < LEAST_WITHIN:
        return False
    return median(_across(one, other, alike)) <= MOST_ACROSS


def _all_alike(reports: Sequence[Member], likeness: Likeness) -> Alike:
    return {(a, b): likeness(reports[b], reports[a]) for a, b in combinations(range(len(reports)), 2)}


def _halves(count: int, alike: Alike) -> tuple[list[int], list[int]]:
    """Two groups by average linkage (Sokal and Michener 1958), each in order, the one with the first report first."""
    groups = [[n] for n in range(count)]
    while len(groups) > 2:
        pairs = combinations(range(len(groups)), 2)
        one, other = max(pairs, key=lambda two: _mean(_across(groups[two[0]], groups[two[1]], alike)))
        groups[one] = sorted(groups[one] + groups.pop(other))
    return groups[0], groups[1]


def _across(one: Sequence[int], other: Sequence[int], alike: Alike) -> list[float]:
    return [alike[min(a, b), max(a, b)] for a in one for b in other]


def _within(group: Sequence[int], alike: Alike) -> float:
    return _mean([alike[two] for two in combinations(group, 2)])


def _heard(story: OpenStory) -> list[Member]:
    members = story.members
    return members if len(members) <= HEARD_REPORTS else [members[0], *members[1 - HEARD_REPORTS :]]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)

"""How sure it must be that a report tells a story before it joins; for stories see `merge_and_split.py`. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from newsdesk.stories.clustering.comparing.learned import (
    LIKENESS,
    LIKENESS_WITH_VECTORS,
    LIKENESS_WITHOUT_TIMES,
    Logistic,
)
from newsdesk.stories.clustering.comparing.likeness import FEATURES
from newsdesk.stories.clustering.comparing.told_apart import share_a_rare_name
from newsdesk.stories.clustering.open_story import Member, OpenStory

# Probability at which a report joins a small story and a large one, measured best on labelled days held out: a report
# missed by a small story costs more than one too many, while one too many in a large story is wrong beside every one of
# its reports.
JOIN, JOIN_LARGE, LARGE_STORY_REPORTS = 0.25, 0.45, 3
# A name in both titles that no registry knows is rare, and proves more than the words around it: of 5 pairs of labelled
# days that this joined, 5 told one event; from .15, 5 of 10.
JOIN_BY_RARE_NAME = 0.2
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


def odds_and_least(values: tuple[float, ...], reports: int, seen_at: datetime) -> tuple[Logistic, float]:
    """The shipped odds formula for a comparison with a story of so many reports, and the probability to join from."""
    if is_without_times(seen_at):
        return LIKENESS_WITHOUT_TIMES, JOIN_WITHOUT_TIMES
    if len(values) == len(FEATURES):
        return LIKENESS, JOIN_LARGE if reports >= LARGE_STORY_REPORTS else JOIN
    is_large = reports >= LARGE_STORY_REPORTS_WITH_VECTORS
    return LIKENESS_WITH_VECTORS, JOIN_LARGE_WITH_VECTORS if is_large else JOIN_WITH_VECTORS


def joins(new: Member, story: OpenStory, probability: float, least: float) -> bool:
    """Whether this report joins, where any other would from `least` on.

    It must be surer across languages, and surest for one's own account; a rare name in common makes up for some.
    """
    if not story.has_language(new.language):
        return probability >= JOIN_ACROSS_LANGUAGES
    if new.is_own_account:
        return probability >= JOIN_OWN_ACCOUNT
    if least == JOIN and JOIN_BY_RARE_NAME <= probability < JOIN:
        return share_a_rare_name(new.profile, [member.profile for member in story.members])
    return probability >= least


def is_without_times(seen_at: datetime) -> bool:
    """Whether a report is of a recording without times."""
    return seen_at < NO_TIMES_BEFORE

"""Where each story of a digest stands, and which are left out for what reason. Pure.

How many there are of each section, and which, is in `lead_big_short.py`; when a story that was told comes back, in
`told_before.py`; when two are the same news, in `same_news.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.held_back import HeldBack, held_back, in_rank_order, stepped_back, told_before
from newsdesk.digests.choosing.lead_big_short import by_theme, choose_big, choose_lead, choose_short
from newsdesk.digests.choosing.same_news import Likeness, reports_of
from newsdesk.digests.choosing.theme_and_company_caps import cap_themes
from newsdesk.digests.choosing.told_before import what_is_new
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.shape import Section
from newsdesk.stories.read import StoryView
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import is_praise

# A page that its own date shows to be this old, under a new date in a feed, is republished: no news at all.
REPUBLISHED_AGE = timedelta(days=14)

_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Placing:
    """Candidates by section, best first within lead and big, by theme in short; `untold` are in other languages.

    `held_back` are good stories that are missing or stand lower than their rank would have them, best first.
    """

    lead: Candidate | None
    big: tuple[Candidate, ...]
    short: tuple[Candidate, ...]
    untold: int
    held_back: tuple[HeldBack, ...] = ()

    def in_order(self) -> Iterator[tuple[Section, Candidate]]:
        """Every (section, candidate) in page order."""
        if self.lead:
            yield Section.LEAD, self.lead
        yield from ((Section.BIG, candidate) for candidate in self.big)
        yield from ((Section.SHORT, candidate) for candidate in self.short)


def place(ranked: Sequence[Candidate], *, after: datetime) -> Placing:
    """Choose from the candidates, best first, for a window that opened at `after`.

    A story told before comes back only with what is new, and only if enough further owners reported it; one that only
    repeats a story told before stays out. No theme and no company fills the top. One that an editor pinned stands
    above the others and comes with whatever is new.
    """
    chosen = [c for c in ranked if c.story.is_relevant or c.story.is_pinned]
    relevant = [c for c in chosen if c.story.theme and c.story.entries]
    candidates = [c for c in relevant if _speaks_english(c.story)]
    rank = {c.story.id: n for n, c in enumerate(candidates, start=1)}
    news, held = _news(candidates, rank, after)
    fresh, capped = cap_themes(news)
    lead = choose_lead(fresh)
    untold = len(relevant) - len(candidates)
    if lead is None:
        return Placing(None, (), (), untold, in_rank_order(held))
    alike = Likeness(fresh)
    big = choose_big(lead, fresh, alike)
    short = choose_short([lead, *big], fresh, alike)
    above = {c.story.id for c in (lead, *big)}
    same = _left_out_as_same(fresh, [lead, *big, *short], rank, alike)
    down = [stepped_back(one, rank[one.candidate.story.id]) for one in capped if one.candidate.story.id not in above]
    in_short = by_theme(short, Counter(c.story.theme for c in (lead, *big)))
    return Placing(lead, tuple(big), tuple(in_short), untold, in_rank_order([*held, *same, *down]))


def _news(
    candidates: Sequence[Candidate], rank: Mapping[int, int], after: datetime
) -> tuple[list[Candidate], list[HeldBack]]:
    """The candidates that bring news, with what is new of each, and the others with the reason."""
    fresh: list[Candidate] = []
    held: list[HeldBack] = []
    for candidate in candidates:
        story, place = candidate.story, rank[candidate.story.id]
        if not story.is_pinned and _is_republished(story, after):
            held.append(held_back(candidate, place, "old_news", "Every page of it says that it is old"))
        elif not story.is_pinned and _praises_itself(story):
            held.append(held_back(candidate, place, "praise", "One publisher's praise of itself, without a figure"))
        elif (news := what_is_new(candidate)) is not None:
            fresh.append(news)
        else:
            held.append(told_before(candidate, place))
    return fresh, held


def _left_out_as_same(
    fresh: Sequence[Candidate], told: Sequence[Candidate], rank: Mapping[int, int], alike: Likeness
) -> list[HeldBack]:
    """The stories that are the same news as one that is told."""
    ids = {c.story.id for c in told}
    return [
        held_back(c, rank[c.story.id], "same", "The same news as another story of this digest")
        for c in fresh
        if c.story.id not in ids and rank[c.story.id] <= len(told) and alike.is_same(c, told)
    ]


def _is_republished(story: StoryView, after: datetime) -> bool:
    """Whether every report's page says that it is old, whatever its feed says."""
    firsts = [entry.first_public_at for entry in reports_of(story)]
    return all(first is not None and first < after - REPUBLISHED_AGE for first in firsts)


def _praises_itself(story: StoryView) -> bool:
    """Whether nothing is told but somebody's own praise: one origin, superlatives, not one figure."""
    titles = [printed_title(entry.title, entry.publisher) for entry in reports_of(story)]
    return story.publishers <= 1 and all(is_praise(title) and not _FIGURE.search(title) for title in titles)


def _speaks_english(story: StoryView) -> bool:
    return any(speaks_english(entry) for entry in reports_of(story))

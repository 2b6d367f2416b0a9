"""Where each story of a digest stands, and which are left out for what reason. Pure.

How many there are of each section, and which, is in `lead_big_short.py`; what may stand where, in `standing.py`; when a
story that was told comes back, in `told_before.py`; when two are the same news, in `same_news.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsdesk.digests.choosing.candidate import Candidate, reports_of
from newsdesk.digests.choosing.held_back import HeldBack, held_back, in_rank_order, stepped_back, told_before
from newsdesk.digests.choosing.lead_big_short import Short, by_theme, choose_big, choose_lead, choose_short
from newsdesk.digests.choosing.same_news import Likeness
from newsdesk.digests.choosing.standing import is_republished, no_news, praises_itself
from newsdesk.digests.choosing.theme_and_company_caps import cap_themes
from newsdesk.digests.choosing.told_before import what_is_new
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.shape import Section
from newsdesk.stories.ranking.age import old_since
from newsdesk.stories.ranking.no_news import WORDS
from newsdesk.stories.ranking.sources import is_anybodys
from newsdesk.stories.read import StoryView

# A story of which a digest gave no more than a headline was not told: so many owners' reports since then, and it may be
# told large.
OWNERS_AFTER_A_HEADLINE = 2


@dataclass(frozen=True, slots=True)
class Placing:
    """Candidates by section, best first within lead and big, by theme in short; `untold` are in other languages.

    `held_back` are the stories that are missing or stand lower than their rank would have them, best first.
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
    repeats a story told before stays out. One that was named in short only may still be told large. No theme and no
    company fills the top. One that an editor pinned stands above the others and comes with whatever is new.
    """
    chosen = [c for c in ranked if c.story.is_relevant or c.story.is_pinned]
    relevant = [c for c in chosen if c.story.theme and c.story.entries]
    rank = {c.story.id: n for n, c in enumerate(relevant, start=1)}
    news, held = _news(relevant, rank, after)
    fresh, capped = cap_themes(news)
    alike = Likeness(fresh)
    lead = choose_lead(fresh)
    big = choose_big(lead, fresh, alike) if lead else []
    above = [lead, *big] if lead else []
    short = choose_short(above, [c for c in fresh if not c.is_named_before], alike)
    told = {c.story.id for c in (*above, *short.told)}
    down = [stepped_back(one, rank[one.candidate.story.id]) for one in capped if one.candidate not in above]
    held += [*down, *_left_out(short, rank), *_named_before(fresh, told, rank)]
    untold = sum(not _speaks_english(c.story) for c in relevant)
    return Placing(lead, tuple(big), tuple(by_theme(short.told)), untold, in_rank_order(held))


def _news(
    candidates: Sequence[Candidate], rank: Mapping[int, int], after: datetime
) -> tuple[list[Candidate], list[HeldBack]]:
    """The candidates that bring news, with what is new of each, and the others with the reason."""
    fresh: list[Candidate] = []
    held: list[HeldBack] = []
    for candidate in candidates:
        place = rank[candidate.story.id]
        dated = replace(candidate, old=old_since(candidate.story.entries, after=after))
        if reason := _why_out(dated, after):
            held.append(held_back(candidate, place, *reason))
        elif (news := what_is_new(dated)) is not None:
            fresh.append(news)
        elif _was_only_named(candidate):
            fresh.append(replace(dated, is_named_before=True))
        else:
            held.append(told_before(candidate, place))
    return fresh, held


def _why_out(candidate: Candidate, after: datetime) -> tuple[str, str] | None:
    """Why a story stands nowhere, as a reason and in words; None for one that may."""
    story = candidate.story
    if not _speaks_english(story):
        return "language", "No report of it is in English"
    if story.is_pinned:
        return None
    if is_republished(story, after):
        return "old_news", "Every page of it says that it is old"
    if kind := no_news(story):
        return kind.value, WORDS[kind]
    return ("praise", "One publisher's praise of itself, without a figure") if praises_itself(story) else None


def _was_only_named(candidate: Candidate) -> bool:
    """Whether the last digest gave a story, or the one it repeats, a headline in short, and newsrooms go on with it."""
    told = candidate.told or candidate.repeated
    if told is None or told.section != Section.SHORT:
        return False
    new = {e.owner for e in reports_of(candidate.story) if e.seen_at > told.until and not is_anybodys(e)}
    return len(new) >= OWNERS_AFTER_A_HEADLINE


def _left_out(short: Short, rank: Mapping[int, int]) -> Iterator[HeldBack]:
    """The stories that were not taken into short."""
    for one in short.left_out:
        yield held_back(one.candidate, rank[one.candidate.story.id], one.reason, one.words, one.other)


def _named_before(fresh: Sequence[Candidate], told: set[int], rank: Mapping[int, int]) -> Iterator[HeldBack]:
    """The stories named in short before that are not large today: a second headline says nothing."""
    for candidate in fresh:
        if candidate.is_named_before and candidate.story.id not in told:
            yield told_before(candidate, rank[candidate.story.id])


def _speaks_english(story: StoryView) -> bool:
    return any(speaks_english(entry) for entry in reports_of(story))

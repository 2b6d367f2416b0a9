"""Which stories a digest holds and where: lead, big or in short. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.caps import cap_themes
from newsdesk.digests.choosing.held_back import HeldBack, held_back, in_rank_order, stepped_back, told_before
from newsdesk.digests.choosing.likeness import Likeness, reports_of
from newsdesk.digests.choosing.told_before import what_is_new
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.prose.headlines import clean, is_teaser
from newsdesk.digests.prose.sentences import body_sentences
from newsdesk.digests.prose.style import is_publishable
from newsdesk.digests.prose.terms import terms
from newsdesk.digests.shape import Section
from newsdesk.stories.ranking.age import old_since
from newsdesk.stories.read import StoryView
from newsdesk.stories.themes import Theme

MOST_BIG = 6
FEWEST_BIG = 3
MOST_SHORT = 40
FEWEST_SHORT = 12
# A title with fewer content words says nothing ("Link to signup").
FEWEST_TITLE_TERMS = 4
# Lead and big stories of one theme, and of launches, the larger part of most days; more only on a day that offers
# nothing else.
MOST_OF_A_THEME, MOST_LAUNCHES = 2, 3
# A story of fewer points is not big, however many tell it, while there are others.
LEAST_BIG_SCORE = 4.0
# A body shorter than this is a caption: no lead can be told from it.
FEWEST_BODY_CHARACTERS = 120
# A lead is told in depth: the first of the day's best stories in which a report has so many sentences to print.
FEWEST_LEAD_SENTENCES = 3
LEAD_CANDIDATES = 5
# ... unless it has so many points less than the best.
LEAD_MARGIN = 1.5
# A page that its own date shows to be this old, under a new date in a feed, is republished: no news at all.
REPUBLISHED_AGE = timedelta(days=14)
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
    prominent = [c for c in fresh if c.story.is_pinned or not old_since(c.story.entries)]
    shared = [c for c in prominent if c.story.origins > 1]
    near = [c for c in shared[:LEAD_CANDIDATES] if c.score >= shared[0].score - LEAD_MARGIN]
    deep = [c for c in near if _has_depth(c.story)]
    told = [c for pool in (shared, prominent) for c in pool if has_text(c.story)]
    pinned = [c for c in fresh if c.story.is_pinned]
    lead = next(iter([*pinned, *deep, *told, *fresh]), None)
    untold = len(relevant) - len(candidates)
    if lead is None:
        return Placing(None, (), (), untold, in_rank_order(held))
    alike = Likeness(fresh)
    big = _big(lead, prominent, alike)
    short = _short([lead, *big], fresh, alike)
    above = {c.story.id for c in (lead, *big)}
    same = _left_out_as_same(fresh, [lead, *big, *short], rank, alike)
    down = [stepped_back(one, rank[one.candidate.story.id]) for one in capped if one.candidate.story.id not in above]
    in_short = _by_theme(short, Counter(c.story.theme for c in (lead, *big)))
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
        for entry in reports_of(story)
        if speaks_english(entry)
    )


def _big(lead: Candidate, prominent: Sequence[Candidate], alike: Likeness) -> list[Candidate]:
    big: list[Candidate] = []
    rest = [c for c in prominent if c is not lead]
    shared = [c for c in rest if c.story.origins > 1 and c.score >= LEAST_BIG_SCORE]
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
            most = MOST_LAUNCHES if cap == MOST_OF_A_THEME and candidate.story.theme == Theme.LAUNCHES else cap
            if candidate not in big and not is_told and themes[candidate.story.theme] < most:
                big.append(candidate)
    return sorted(big, key=lambda c: -c.score)


def _short(told: Sequence[Candidate], fresh: Sequence[Candidate], alike: Likeness) -> list[Candidate]:
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
    titles = [clean(entry.title, entry.publisher) for entry in reports_of(story)]
    return any(not is_teaser(title) and len(set(terms(title))) >= FEWEST_TITLE_TERMS for title in titles)


def _by_theme(short: Sequence[Candidate], above: Mapping[str, int]) -> list[Candidate]:
    """Themes in the order of their best story, those that fill the stories above last; each theme's by rank."""
    first = {theme: n for n, theme in reversed(list(enumerate(c.story.theme for c in short)))}
    full = {theme for theme, count in above.items() if count >= MOST_OF_A_THEME}
    return sorted(short, key=lambda c: (c.story.theme in full, first[c.story.theme]))


def _is_republished(story: StoryView, after: datetime) -> bool:
    """Whether every report's page says that it is old, whatever its feed says."""
    firsts = [entry.first_public_at for entry in reports_of(story)]
    return all(first is not None and first < after - REPUBLISHED_AGE for first in firsts)


def _praises_itself(story: StoryView) -> bool:
    """Whether nothing is told but somebody's own praise: one origin, superlatives, not one figure."""
    titles = [clean(entry.title, entry.publisher) for entry in reports_of(story)]
    return story.origins <= 1 and all(_PRAISE.search(title) and not _FIGURE.search(title) for title in titles)


def _speaks_english(story: StoryView) -> bool:
    return any(speaks_english(entry) for entry in reports_of(story))

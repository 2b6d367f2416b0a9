"""How many stories a digest tells large and how many in short, and which: the lead, the big ones, the rest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from newsdesk.digests.choosing.candidate import Candidate, reports_of
from newsdesk.digests.choosing.same_news import Likeness
from newsdesk.digests.choosing.standing import is_anybodys_alone, may_be_large, may_lead
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.prose.printable import is_publishable
from newsdesk.digests.prose.sentences import body_sentences
from newsdesk.digests.prose.terms import terms
from newsdesk.stories.read import StoryView
from newsdesk.stories.themes import Theme
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import is_teaser

# Big stories besides the lead: the most of any day, and how many a thin day is filled up to.
MOST_BIG = 6
FEWEST_BIG = 3
# Stories in short: the most of any day, and how many a thin day is filled up to, with teasers where need be.
MOST_SHORT = 30
FEWEST_SHORT = 12
# Single posts of forums, code hosts, X and arXiv in a digest.
MOST_POSTS = 5
# A title with fewer content words says nothing ("Link to signup").
FEWEST_TITLE_TERMS = 4
# Lead and big stories of one theme, and of launches, the larger part of most days; more only on a day that offers
# nothing else.
MOST_OF_A_THEME, MOST_LAUNCHES = 2, 3
# A story of fewer points is not big, however many tell it, while there are others.
LEAST_BIG_SCORE = 7.0
# A body shorter than this is a caption: no lead can be told from it.
FEWEST_BODY_CHARACTERS = 120
# A lead is told in depth: the first of the day's best stories in which a report has so many sentences to print.
FEWEST_LEAD_SENTENCES = 3
LEAD_CANDIDATES = 5
# ... unless it has so many points less than the best.
LEAD_MARGIN = 1.5
# A story whose titles share this much with a large one's, rare words counting most, is not told large as well.
RELATED_STORY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A story that is not taken into short, why, and the public id of the one that tells it, if that is why."""

    candidate: Candidate
    reason: str
    words: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """The stories told in short, best first, and those that are not."""

    told: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]


def choose_lead(fresh: Sequence[Candidate]) -> Candidate | None:
    """The story that opens the digest: pinned, or the first of the best that can be told in depth, or the best.

    None of none that may be told large, unless there is nothing but old news.
    """
    large = [c for c in fresh if may_be_large(c)]
    sure = [c for c in large if may_lead(c)] or large
    near = [c for c in sure[:LEAD_CANDIDATES] if c.score >= sure[0].score - LEAD_MARGIN]
    deep = [c for c in near if _is_deep(c.story)]
    told = [c for c in near if _has_text(c.story)]
    pinned = [c for c in fresh if c.story.is_pinned]
    others = [c for c in fresh if not is_anybodys_alone(c.story)]
    return next(iter([*pinned, *deep, *told, *sure, *others]), None)


def choose_big(lead: Candidate, fresh: Sequence[Candidate], alike: Likeness) -> list[Candidate]:
    """The stories told large besides the lead, best first: pinned ones, those that matter, and others up to a few."""
    big: list[Candidate] = []
    rest = [c for c in fresh if c is not lead and may_be_large(c)]
    pinned = [c for c in rest if c.story.is_pinned]
    mattering = [c for c in rest if c.score >= LEAST_BIG_SCORE]
    pools = (
        (pinned, MOST_BIG, MOST_BIG),
        (mattering, MOST_BIG, MOST_OF_A_THEME),
        ([c for c in rest if _has_text(c.story)], FEWEST_BIG, MOST_OF_A_THEME),
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


def choose_short(told: Sequence[Candidate], fresh: Sequence[Candidate], alike: Likeness) -> Short:
    """Everything else, plain headlines first; teasers only fill up a thin day. What is told above is not told again."""
    short: list[Candidate] = []
    left: dict[int, LeftOut] = {}
    heard = list(told)  # with what is left out as told: a third report may be like the second only
    plain = [c for c in fresh if _is_plain(c.story)]
    for pool, wanted in ((plain, MOST_SHORT), (fresh, FEWEST_SHORT)):
        for candidate in pool:
            if candidate in heard:
                continue
            same = alike.same(candidate, heard)
            if same is not None:
                words = f"The same news as “{same.story.headline}”"
                left[candidate.story.id] = LeftOut(candidate, "same", words, same.story.public_id)
                heard.append(candidate)
            elif len(short) >= wanted:
                left.setdefault(candidate.story.id, _no_room(candidate, is_plain=pool is plain))
            elif _is_post(candidate.story) and sum(_is_post(c.story) for c in short) >= MOST_POSTS:
                words = f"{MOST_POSTS} posts of forums, code hosts, X and arXiv rank above it"
                left[candidate.story.id] = LeftOut(candidate, "posts_cap", words)
            else:
                short.append(candidate)
                heard.append(candidate)
                left.pop(candidate.story.id, None)
    return Short(tuple(short), tuple(left.values()))


def _no_room(candidate: Candidate, *, is_plain: bool) -> LeftOut:
    if is_plain:
        return LeftOut(candidate, "full", f"{MOST_SHORT} stories in short rank above it")
    return LeftOut(candidate, "teaser", "Its headlines ask, tease or say too little")


def _is_post(story: StoryView) -> bool:
    """Whether one post somewhere where anybody may write is all there is."""
    return story.origins <= 1 and is_anybodys_alone(story)


def by_theme(short: Sequence[Candidate]) -> list[Candidate]:
    """Themes in the order of their best story, each theme's by rank."""
    first = {theme: n for n, theme in reversed(list(enumerate(c.story.theme for c in short)))}
    return sorted(short, key=lambda c: first[c.story.theme])


def _has_text(story: StoryView) -> bool:
    """Whether any report of the story in English comes with more than its title."""
    return any(
        entry.role != "round_up"
        and speaks_english(entry)
        and len(entry.text) - len(entry.title) >= FEWEST_BODY_CHARACTERS
        for entry in story.entries
    )


def _is_deep(story: StoryView) -> bool:
    try:
        return bounded(has_depth, story)
    except CutOff:  # nor could it be told; who tells it says so
        return False


def has_depth(story: StoryView) -> bool:
    """Whether some report in English has sentences enough to tell a lead from."""
    return any(
        len(list(islice(_printable(entry.text), FEWEST_LEAD_SENTENCES))) == FEWEST_LEAD_SENTENCES
        for entry in reports_of(story)
        if speaks_english(entry)
    )


def _printable(text: str) -> Iterator[str]:
    sentences = (text[span.start : span.end] for span in body_sentences(text))
    return filter(is_publishable, sentences)


def _is_plain(story: StoryView) -> bool:
    """Whether some report's title says what happened, instead of asking, teasing or talking of itself."""
    titles = [printed_title(entry.title, entry.publisher) for entry in reports_of(story)]
    return any(not is_teaser(title) and len(set(terms(title))) >= FEWEST_TITLE_TERMS for title in titles)

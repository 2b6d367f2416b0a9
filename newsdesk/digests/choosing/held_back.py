"""Which stories a digest leaves out or moves down, and why: for its editors, who may add them. Pure.

Every story of the window that is not told is listed: none vanishes silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.theme_and_company_caps import Capped
from newsdesk.stories.ranking.rank import PassedOver

# More stand in no day's ranking of a thousand reports: whatever a filter took out is found here.
MOST_HELD_BACK = 1000


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A story that does not stand where its rank (from 1) would put it; `other` is the public id of the one it repeats.

    `reason` is told, repeats, old_news, praise, same, theme_cap, company_cap or cut_off; the kind of a post without
    news (`advert`, `job` …); posts_cap, teaser or full where there was no room in short; language or irrelevant.
    """

    story: str
    headline: str
    rank: int
    score: float
    reason: str
    words: str
    other: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the digest's row keeps it."""
        return asdict(self)


def held_back(candidate: Candidate, rank: int, reason: str, words: str, other: str = "") -> HeldBack:
    """A candidate that is held back for a reason."""
    story = candidate.story
    return HeldBack(story.public_id, story.headline, rank, round(candidate.score, 3), reason, words, other)


def told_before(candidate: Candidate, rank: int) -> HeldBack:
    """A candidate of which an earlier digest told all that matters."""
    told = candidate.told or candidate.repeated
    assert told is not None, "only what was told is held back for it"
    if candidate.told is not None:
        words = "nothing new has been reported since" if candidate.is_unchanged else "too few further publishers since"
        return held_back(candidate, rank, "told", f"Told on {_day(told)}; {words}", told.story)
    return held_back(candidate, rank, "repeats", f"Repeats “{told.headline}” of {_day(told)}", told.story)


def stepped_back(capped: Capped, rank: int) -> HeldBack:
    """A candidate that a cap keeps from the top."""
    return held_back(capped.candidate, rank, capped.reason, capped.words)


def irrelevant(one: PassedOver, rank: int) -> HeldBack:
    """A story that was judged to be no AI news; `rank` stands behind those that were ranked."""
    likely = "not judged yet" if one.relevance is None else f"{one.relevance:.0%} likely"
    return HeldBack(one.public_id, one.headline, rank, 0.0, "irrelevant", f"No AI-industry news: {likely}")


def in_rank_order(held: Iterable[HeldBack]) -> tuple[HeldBack, ...]:
    """The best of those held back, each once, with the reason that was found first."""
    first = {one.story: one for one in reversed(list(held))}
    return tuple(sorted(first.values(), key=lambda one: (one.rank, one.story)))[:MOST_HELD_BACK]


def _day(told: EarlierItem) -> str:
    return f"{told.date:%-d %B}"

"""No theme and no company may fill the top of a digest: what is too much steps back behind the others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.themes import Theme, theme_label

# The stories that the caps are for, and the shares of them, 0 to 1, that may be of one theme or about one company.
# Chosen by reading 13 days: launches are the larger part of any day's news, funding is told alike by everybody.
TOP_STORIES = 10
THEME_SHARE = 0.3
THEME_SHARES = {Theme.LAUNCHES: 0.4, Theme.SOCIETY: 0.2, Theme.RESEARCH: 0.2}
COMPANY_SHARE = 0.3
_MAKERS = frozenset({"company", "lab"})


@dataclass(frozen=True, slots=True)
class Capped:
    """A story that stepped back; `reason` is theme_cap or company_cap."""

    candidate: Candidate
    reason: str
    words: str


def cap_themes(
    ranked: Sequence[Candidate], *, top: int = TOP_STORIES
) -> tuple[tuple[Candidate, ...], tuple[Capped, ...]]:
    """The candidates, best first, with those that are too many of a kind behind the top, and which these are.

    Pinned stories are exempt, but count. Where a day offers too few others, the best of those that stepped back fill
    the top up again.
    """
    above: list[Candidate] = []
    capped: list[Capped] = []
    themes: Counter[str] = Counter()
    companies: Counter[str] = Counter()
    rest = list(ranked)
    while rest and len(above) < top:
        candidate = rest.pop(0)
        company, theme = _company(candidate), candidate.story.theme
        reason = "" if candidate.story.is_pinned else _too_many(theme, company, themes, companies, top)
        if reason:
            capped.append(_capped(candidate, reason, theme, company, themes, companies))
            continue
        above.append(candidate)
        themes[theme] += 1
        companies.update([company] if company else [])
    missing = top - len(above)
    filled, back = capped[: max(missing, 0)], capped[max(missing, 0) :]
    return (*above, *(c.candidate for c in filled), *(c.candidate for c in back), *rest), tuple(back)


def _too_many(theme: str, company: str, themes: Counter[str], companies: Counter[str], top: int) -> str:
    share = THEME_SHARES.get(Theme(theme), THEME_SHARE) if theme in Theme.values else THEME_SHARE
    if themes[theme] >= max(1, round(share * top)):
        return "theme_cap"
    if company and companies[company] >= max(1, round(COMPANY_SHARE * top)):
        return "company_cap"
    return ""


def _capped(
    candidate: Candidate,
    reason: str,
    theme: str,
    company: str,
    themes: Counter[str],
    companies: Counter[str],
) -> Capped:
    if reason == "theme_cap":
        words = f"Theme cap: {themes[theme]} stories on {theme_label(theme).lower()} rank above it"
    else:
        words = f"Company cap: {companies[company]} stories about {company} rank above it"
    return Capped(candidate, reason, words)


def _company(candidate: Candidate) -> str:
    """The name of the weightiest company or lab in the headline, of equals the first named; empty without one."""
    hits = [hit for hit in find_entities(candidate.story.headline) if hit.kind in _MAKERS]
    return max(hits, key=lambda hit: hit.weight).name if hits else ""

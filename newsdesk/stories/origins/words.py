"""Who found a story out, in a sentence for readers; never a number that the texts do not prove. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsdesk.stories.origins.own import Adds
from newsdesk.stories.origins.states import State
from newsdesk.stories.origins.story import Sources

MOST_NAMED = 4
ADDED = {
    Adds.NEWS: "reporting of its own",
    Adds.CONFIRMATION: "reporting of its own",
    Adds.INTERVIEWS: "reporting of its own",
    Adds.TEST: "a test",
    Adds.REACTIONS: "interviews",
    Adds.VIEW: "a view",
}
_TAKES_THE = re.compile(
    r"^(?!(?:the|a|an) )(?:[A-Z].*)?\b(?:House|Department|Commission|Pentagon|Ministry|Court|Agency"
    r"|Administration|Union|Foundation"
    r"|Office|Bureau|Senate|Government|Authority|Institute)$"
)
# Parties that are a kind of document.
_PAPERS = ("a paper", "a press release", "a court filing", "a filing with the SEC")


def words_of(sources: Sources) -> str:
    """Who found it out, as the page and the mail say it; empty for a story without reports.

    >>> from newsdesk.stories.origins.story import sources_of
    >>> words_of(sources_of(()))
    ''
    """
    if not sources.placed:
        return ""
    proven = list(sources.proven.values())
    if sources.is_filed and sources.has_party and not sources.scoops:
        return _filed(sources)
    if sources.is_published and not sources.scoops:
        return _announced(sources)
    if sources.named or sources.scoops:
        return _reported(sources)
    if len(proven) > 1:
        return f"Found out independently by at least {len(proven)}: {_and(proven)}."
    if proven:
        return _own_alone(sources, proven[0])
    return _rests(sources)


def _filed(sources: Sources) -> str:
    outlets = len({one.report.owner for one in sources.placed if not one.is_aggregator} | set(sources.named))
    return f"From a court filing; {_counted(outlets, 'outlet reports', 'outlets report')} it.{_adding(sources)}"


def _announced(sources: Sources) -> str:
    papers = [name for name in sources.parties if name in _PAPERS]
    by = f"From {papers[0]}" if papers else f"Announced by {_and(sources.parties)}" if sources.parties else "Announced"
    if added := _adding(sources):
        return f"{by}.{added}"
    others = [one for one in sources.placed if one.judged.state != State.ANNOUNCEMENT]
    if not others:
        return f"{by}." if papers else f"{by}; nobody else reports it yet."
    count = len(sources.placed)
    shows = "it shows no" if count == 1 else "none shows"
    return f"{by}. {_counted(count, 'article', 'articles')}; {shows} reporting of its own."


def _reported(sources: Sources) -> str:
    names = {**sources.scoops, **sources.named}
    confirmed = [name for owner, name in sources.confirmed.items() if owner not in names]
    found = [name for owner, name in sources.proven.items() if owner not in names]
    if confirmed:
        first = sources.first or next(iter(names.values()))
        return f"{'First reported' if sources.first else 'Reported'} by {first}; confirmed to {_and(confirmed)}."
    if len(sources.scoops) + len(found) > 1:
        several = [*sources.scoops.values(), *found]
        announced = f"; announced by {_and(sources.parties)}" if sources.is_published and sources.parties else ""
        return f"Found out independently by at least {len(several)}: {_and(several)}{announced}."
    if sources.is_published and sources.parties:
        first = "First reported" if sources.first else "Reported"
        return f"{first} by {_and(list(sources.scoops.values()))}; announced by {_and(sources.parties)}."
    shown = list(names.values())
    resting = sum(
        one.judged.state == State.RELAY and one.report.owner not in names and bool(one.judged.outlets)
        for one in sources.placed
    )
    first = "First reported" if sources.first and len(shown) == 1 else "Reported"
    rest = (
        f"; {_counted(resting, 'other rests', 'others rest')} on {'it' if len(shown) == 1 else 'them'}"
        if resting
        else ""
    )
    return f"{first} by {_and(shown)}{rest}.{_adding(sources)}"


def _own_alone(sources: Sources, name: str) -> str:
    is_test = (name, Adds.TEST) in sources.own.values()
    others = sum(one.judged.state == State.UNKNOWN for one in sources.placed)
    rest = f"; {_counted(others, 'other article does', 'other articles do')} not say where from" if others else ""
    return f"{'Tested' if is_test else 'Found out'} by {name}{rest}."


def _rests(sources: Sources) -> str:
    count = len(sources.placed)
    if sources.has_party:
        said = f"what {_and(sources.parties)} said" if sources.parties else "what those concerned said"
        return f"Rests on {said}; {_counted(count, 'article', 'articles')}.{_adding(sources)}"
    if sources.is_unnamed:
        unnamed = sum(one.judged.state == State.RELAY for one in sources.placed)
        return f"Rests on reports that are not named ({_counted(unnamed, 'article', 'articles')}).{_adding(sources)}"
    if sources.own:
        return f"A view by {_and([name for name, _ in sources.own.values()])}."
    is_bare = all(len(one.report.text) <= len(one.report.title) + 2 for one in sources.placed)
    what = _counted(count, "headline", "headlines") + " only" if is_bare else _counted(count, "article", "articles")
    return f"Who found this out cannot be told from what we could read ({what})."


def _adding(sources: Sources) -> str:
    """Who adds what to the news that all have from one place; interviews and statements before tests and views."""
    added: dict[str, list[str]] = {}
    for owner, (name, adds) in sources.own.items():
        if owner in sources.named or owner in sources.scoops:
            continue
        added.setdefault(ADDED[adds], []).append(name)
    parts = [
        f"{_and(names)} adds {what}" if len(names) == 1 else f"{_and(names)} add {what.replace('its', 'their')}"
        for what in dict.fromkeys(ADDED.values())
        if (names := added.get(what))
    ]
    return f" {'; '.join(parts)}." if parts else ""


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _and(names: Sequence[str]) -> str:
    """Names in a row; of many the first few and how many more."""
    names = [f"the {name}" if _TAKES_THE.search(name) else name for name in dict.fromkeys(names)]
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

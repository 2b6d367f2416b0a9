"""Whether a report found something out itself, and how: asked, confirmed, saw, tried, or only judges. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from newsdesk.stories.origins.outlets import spellings_of
from newsdesk.stories.origins.own_signs import (
    CONFIRMED_TO,
    EAST_ASIAN,
    EAST_ASIAN_NAMED,
    EAST_ASIAN_TITLE,
    EXPERTS,
    INTERVIEW,
    RUBRIC_LINES,
    RUBRICS,
    SAID_TO,
    SOURCES,
    TESTED,
    TO_US,
    TRIED,
    TRIED_IN_TITLE,
    VIEW,
    VIEW_IN_TITLE,
    WESTERN_NAMED,
)
from newsdesk.stories.origins.reading import Reading, Sentence


class Adds(StrEnum):
    """What a report of its own has: news, a statement of the party, interviews, a test, others' reactions, a view."""

    NEWS = "news"
    CONFIRMATION = "confirmation"
    INTERVIEWS = "interviews"
    TEST = "test"
    REACTIONS = "reactions"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Own:
    """What shows that a report is its publisher's own, and what it adds; a view in passing makes no opinion piece."""

    adds: Adds
    sentence: Sentence
    is_passing: bool = False


_SITE = re.compile(r"^(?:\w{1,20}\.)?(\w{5,40})\.(?:com|org|net|io|ai|co|news)$", re.IGNORECASE)
# Papers call themselves by the last word of their names.
_SHORT_SELF = re.compile(
    r"^(?:The )?(?:\w+ ){1,3}(?P<last>Times|Journal|Post|Chronicle|Guardian|Tribune|Globe|Star|Standard)$"
)


def own_finding(reading: Reading, publisher: str, *, cites_outlet: bool) -> Own | None:
    """What in a report is its publisher's own finding, the most telling first; None where nothing shows it.

    With `cites_outlet`, unnamed sources and interviews may be that outlet's.
    """
    named = _named(publisher) if publisher and _is_mentioned(publisher, reading) else None
    found = [own for sentence in reading.body if (own := _of_sentence(sentence, named, cites_outlet=cites_outlet))]
    found += [*_of_title(reading.title), *_of_rubric(reading)]
    order = list(Adds)
    return min(found, key=lambda own: (order.index(own.adds), own.is_passing), default=None)


def _of_sentence(sentence: Sentence, named: _Named | None, *, cites_outlet: bool) -> Own | None:
    said = sentence.unsaid
    if named is not None:
        if named.confirmed.search(said):
            return Own(Adds.CONFIRMATION, sentence)
        if named.said.search(said):
            return Own(Adds.INTERVIEWS, sentence)
    if TO_US.search(said) or EAST_ASIAN.search(said):
        return Own(Adds.INTERVIEWS, sentence)
    if not cites_outlet and (INTERVIEW.search(said) or SOURCES.search(said)):
        return Own(Adds.NEWS, sentence)
    if TRIED.search(said) or (named is not None and named.tested.search(said)):
        return Own(Adds.TEST, sentence)
    if EXPERTS.search(said):
        return Own(Adds.REACTIONS, sentence)
    return Own(Adds.VIEW, sentence, is_passing=True) if VIEW.search(said) else None


def _of_title(title: Sentence) -> Iterable[Own]:
    if EAST_ASIAN_TITLE.search(title.unsaid):
        yield Own(Adds.NEWS, title)
    if TRIED_IN_TITLE.search(title.unsaid):
        yield Own(Adds.TEST, title)
    if VIEW_IN_TITLE.search(title.unsaid):
        yield Own(Adds.VIEW, title)


def _of_rubric(reading: Reading) -> Iterable[Own]:
    """What the page's rubric says: a column, a review, an interview."""
    for sentence in reading.body[:RUBRIC_LINES]:
        if adds := RUBRICS.get(sentence.text.casefold().strip(" :|·")):
            yield Own(Adds(adds), sentence)


@dataclass(frozen=True, slots=True)
class _Named:
    confirmed: re.Pattern[str]
    said: re.Pattern[str]
    tested: re.Pattern[str]


def _is_mentioned(publisher: str, reading: Reading) -> bool:
    """A quick look before patterns are made of a publisher's names."""
    names = [name.casefold() for name in _names(publisher)]
    return any(name in sentence.unsaid.casefold() for sentence in reading.body for name in names)


@lru_cache(maxsize=1_024)
def _names(publisher: str) -> tuple[str, ...]:
    names = [name.removeprefix("The ") for name in spellings_of(publisher) if len(name) > 2]
    names.append(publisher.removesuffix(" News"))
    if site := _SITE.match(publisher):
        names.append(site[1])
    if match := _SHORT_SELF.match(publisher):
        names.append(match["last"])
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=1_024)
def _named(publisher: str) -> _Named:
    name = "(?:" + "|".join(map(re.escape, _names(publisher))) + ")"
    said = "|".join((SAID_TO, EAST_ASIAN_NAMED, WESTERN_NAMED))
    return _Named(
        re.compile(CONFIRMED_TO.replace("{name}", name), re.IGNORECASE),
        re.compile(said.replace("{name}", name), re.IGNORECASE),
        re.compile(TESTED.replace("{name}", name), re.IGNORECASE),
    )

"""Who found a story out: the states of its reports, and how many origins they prove and allow. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from feeds.urls import host_of
from newsdesk.stories.origins.outlets import Outlet, name_key, outlet_named
from newsdesk.stories.origins.own import Adds
from newsdesk.stories.origins.reading import read
from newsdesk.stories.origins.report import COPY, ROUND_UP, Report
from newsdesk.stories.origins.sites import actor_named, actors_in, is_aggregator, is_aggregators_name
from newsdesk.stories.origins.states import Judged, State, judge
from newsdesk.stories.titles.cleaning import bare_title

# Titles of so many letters that agree but for a few at the end are one title.
FEWEST_TITLE_LETTERS = 25
MOST_LETTERS_APART = 6
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Placed:
    """A report of a story with its state, and whether it only points at what others found out."""

    report: Report
    judged: Judged
    is_aggregator: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """What a story's reports rest on, by owner: outlets named, own findings, and where it cannot be told.

    `scoops` are the outlets among them whose news is their own for certain; `confirmed` those to whom the party spoke.
    """

    placed: tuple[Placed, ...]
    parties: tuple[str, ...]
    has_party: bool
    is_published: bool
    is_filed: bool
    named: dict[str, str]
    scoops: dict[str, str]
    first: str
    own: dict[str, tuple[str, Adds]]
    open: dict[str, str]
    is_unnamed: bool

    @property
    def confirmed(self) -> dict[str, str]:
        return {owner: name for owner, (name, adds) in self.own.items() if adds == Adds.CONFIRMATION}

    @property
    def proven(self) -> dict[str, str]:
        """The outlets that found something out for certain, beside the party's announcement; by owner, their names."""
        found = dict(self.scoops)
        for owner, (name, adds) in self.own.items():
            if adds in (Adds.NEWS, Adds.TEST) or (
                adds in (Adds.CONFIRMATION, Adds.INTERVIEWS) and not self.is_published
            ):
                found.setdefault(owner, name)
        return found

    @property
    def at_least(self) -> int:
        """The fewest origins that the texts allow."""
        # An outlet that is only named may have it from where the proven ones do, unless one of them asked about it.
        is_another = bool(set(self.named) - set(self.proven)) and (not self.proven or bool(self.confirmed))
        beside = self.is_published or (is_another and not self.has_party)
        return max(len(self.proven) + beside, int(bool(self.placed)))

    @property
    def at_most(self) -> int:
        """The most origins that the texts allow: whoever does not say where it has it from may have found it out."""
        owners = {*self.named, *self.own, *self.open}
        others = self.has_party + (self.is_unnamed and not owners)
        return max(len(owners) + others, self.at_least)


def sources_of(entries: Iterable[Report]) -> Sources:
    """What the reports of a story rest on; round-ups are left out."""
    placed = _within(tuple(entry for entry in entries if entry.role != ROUND_UP))
    judged = [one.judged for one in placed]
    is_filed = any(one.is_filed for one in judged)
    named, scoops, first = _outlets_named(placed, is_filed=is_filed)
    return Sources(
        placed=placed,
        parties=_parties(placed),
        has_party=any(one.rests_on_party for one in judged),
        is_published=any(one.rests_on_party and one.is_published for one in judged),
        is_filed=is_filed,
        named=named,
        scoops=scoops,
        first=first,
        own=_own(placed),
        open={
            one.report.owner: one.report.publisher
            for one in placed
            if one.judged.state == State.UNKNOWN and not one.is_aggregator and one.report.role != COPY
        },
        is_unnamed=any(one.state == State.RELAY and not one.outlets and not one.rests_on_party for one in judged),
    )


def _outlets_named(placed: Sequence[Placed], *, is_filed: bool) -> tuple[dict[str, str], dict[str, str], str]:
    """The outlets that reports rest on, those of them with a scoop, both by owner, and who is said to have been first.

    To be first with what stands in a court's files is no finding of one's own.
    """
    relays = {name_key(one.report.publisher): one.judged for one in placed if one.judged.state == State.RELAY}
    owners = {name_key(one.report.publisher): one.report.owner for one in placed}
    named: dict[str, str] = {}
    scoops: dict[str, str] = {}
    first = ""
    for one in (report.judged for report in placed):
        is_scoop = one.is_scoop or (one.is_first and not is_filed) or (one.is_told and one.state == State.RELAY)
        for outlet in one.outlets:
            end = _end_of_chain(outlet, relays)
            if end is None:
                continue
            owner = owners.get(name_key(end.name), end.owner)
            named.setdefault(owner, end.name)
            first = first or (end.name if one.is_first else "")
            if is_scoop:
                scoops.setdefault(owner, end.name)
    return named, scoops, first


def _own(placed: Sequence[Placed]) -> dict[str, tuple[str, Adds]]:
    """What publishers add of their own, by owner: each one's name and the most telling."""
    order = list(Adds)
    own: dict[str, tuple[str, Adds]] = {}
    for one in placed:
        adds, owner = one.judged.adds, one.report.owner
        if adds and not one.is_aggregator and (owner not in own or order.index(adds) < order.index(own[owner][1])):
            own[owner] = (one.report.publisher, adds)
    return own


def _within(reports: Sequence[Report]) -> tuple[Placed, ...]:
    """The reports judged, each with what the others of its story tell of it."""
    alone = [Placed(report, judge(report), _is_aggregator(report)) for report in reports]
    outlets = {outlet for one in alone for outlet in one.judged.outlets}
    only = next(iter(outlets)) if len({outlet.owner for outlet in outlets}) == 1 else None
    by_id = {report.public_id: report for report in reports}
    return tuple(replace(one, judged=_in_its_story(one, alone, only, by_id)) for one in alone)


def _in_its_story(one: Placed, others: Sequence[Placed], only: Outlet | None, by_id: dict[str, Report]) -> Judged:
    judged = one.judged
    if judged.state == State.RELAY and not judged.rests_on and not judged.rests_on_party and only is not None:
        return replace(judged, outlets=(only,))
    if judged.state != State.UNKNOWN:
        return judged
    original = by_id.get(one.report.duplicate_of) if one.report.role == COPY else None
    if original is None and one.is_aggregator:
        original = next((other.report for other in others if not other.is_aggregator and _same_title(one, other)), None)
    if original is None or original.owner == one.report.owner:
        return judged
    shown = read(one.report.text).title if one.report.text else None
    return Judged(
        State.RELAY, (outlet_named(original.publisher) or Outlet(original.publisher, original.owner),), shown_by=shown
    )


def _same_title(one: Placed, other: Placed) -> bool:
    shorter, longer = sorted((_letters(one.report.title), _letters(other.report.title)), key=len)
    return (
        len(shorter) >= FEWEST_TITLE_LETTERS
        and longer.startswith(shorter)
        and len(longer) - len(shorter) <= MOST_LETTERS_APART
    )


def _letters(title: str) -> str:
    return _NOT_LETTERS.sub("", bare_title(title).casefold())


def _is_aggregator(report: Report) -> bool:
    return is_aggregators_name(report.publisher) or is_aggregator(host_of(report.url))


def _parties(placed: Sequence[Placed]) -> tuple[str, ...]:
    """Whose word it is: those who announce it themselves, else those whom the registry knows, else whoever is named.

    Whom no other report's title names has announced something else, where there is somebody whom one does.
    """
    resting = [one for one in placed if one.judged.rests_on_party]
    announced = [name for one in resting if one.judged.state == State.ANNOUNCEMENT for name in one.judged.parties]
    relayed = [name for one in resting if one.judged.state != State.ANNOUNCEMENT for name in one.judged.parties]
    known = [name for name in relayed if actor_named(name)]
    spoken_of = {name for name in {*announced, *known} if sum(_is_named(name, one.report.title) for one in placed) > 1}
    for names in (announced, known):
        if meant := [name for name in names if name in spoken_of]:
            return tuple(dict.fromkeys(meant))
    return tuple(dict.fromkeys(announced or known or relayed))


def _is_named(name: str, title: str) -> bool:
    return name.casefold() in title.casefold() or name in actors_in(title)


def _end_of_chain(outlet: Outlet, relays: dict[str, Judged]) -> Outlet | None:
    """The outlet at the end of a chain of reports that rest on one another; None where a party stands there."""
    seen = {name_key(outlet.name)}
    while (relay := relays.get(name_key(outlet.name))) is not None:
        if not relay.outlets:
            return None if relay.rests_on_party else outlet
        outlet = relay.outlets[0]
        if name_key(outlet.name) in seen:
            break
        seen.add(name_key(outlet.name))
    return None if is_aggregators_name(outlet.name) else outlet

"""Independent origins: how many outlets found something out for themselves, not how many wrote it up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from newsdesk.stories.origins.attribution import agency_of, cited_outlets, is_own_finding, named_outlet
from newsdesk.stories.origins.outlets import Outlet, folded, outlet_named

REPORT, PRIMARY = "report", "primary"
MIN_SITE_LETTERS = 5


class Report(Protocol):
    """What the count needs to know of an entry; `EntryView` is one."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def role(self) -> str: ...


def origin_of(report: Report) -> Outlet | None:
    """The other outlet whose news a report tells, None where it found out for itself.

    An agency's text is the agency's, whoever prints it. What the title says comes before the text; a text that names
    an outlet and confirms the news itself is an origin of its own. A company's own announcement always is.
    """
    if report.kind == PRIMARY:
        return None
    _, _, text = report.text.partition("\n\n")
    agency = agency_of(text)
    if agency is not None:
        return None if _is_own(agency, report) else agency
    named = named_outlet(report.title)
    if named is not None:
        return None if _is_own(named, report) else named
    others = [outlet for outlet in cited_outlets(text) if not _is_own(outlet, report)]
    if not others or is_own_finding(text, report.publisher):
        return None
    return others[0]


def count_origins(entries: Iterable[Report]) -> int:
    """How many independent origins a story has: owner groups among its reports, rewrites counted with their source.

    Copies and round-ups are no origin. A report that names its source counts as that source's; where the source has
    only rewritten another's news, as that one's.
    """
    return len(set(origins_by_owner(entries).values()))


def origins_by_owner(entries: Iterable[Report]) -> dict[str, str]:
    """The owner from whom each owner among a story's reports has the news; itself, where it found out for itself."""
    reports = [entry for entry in entries if entry.role == REPORT]
    owners = {_key(entry.publisher): entry.owner for entry in reports}
    source: dict[str, str] = {}
    for entry in reports:
        outlet = origin_of(entry)
        named = entry.owner if outlet is None else owners.get(_key(outlet.name), outlet.owner)
        # One report of its own makes an owner an origin.
        if source.get(entry.owner) != entry.owner:
            source[entry.owner] = named if entry.owner not in source or named == entry.owner else source[entry.owner]
    return {owner: _first(owner, source) for owner in source}


def _first(owner: str, source: dict[str, str]) -> str:
    """The end of the chain of sources; of a ring, the one that is first by name."""
    seen = [owner]
    while (further := source.get(seen[-1], seen[-1])) != seen[-1]:
        if further in seen:
            return min(seen[seen.index(further) :])
        seen.append(further)
    return seen[-1]


def _is_own(outlet: Outlet, report: Report) -> bool:
    one, other = _key(outlet.name), _key(report.publisher)
    # "Crunchbase News" may be known by its site alone.
    alike = min(len(one), len(other)) >= MIN_SITE_LETTERS and (one.startswith(other) or other.startswith(one))
    return outlet.owner == report.owner or one == other or alike


def _key(name: str) -> str:
    outlet = outlet_named(name)
    return folded(outlet.name if outlet else name)

"""Publishers: how many owner groups report a story, those counted once that pass on one another's report."""

from __future__ import annotations

from collections.abc import Iterable

from newsdesk.stories.origins.attribution import agency_of, cited_outlets, is_own_finding, named_outlet
from newsdesk.stories.origins.outlets import Outlet, is_same_outlet, name_key
from newsdesk.stories.origins.report import PRIMARY, REPORT, Report


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
        return None if is_same_outlet(agency, report.publisher, report.owner) else agency
    named = named_outlet(report.title)
    if named is not None:
        return None if is_same_outlet(named, report.publisher, report.owner) else named
    others = [outlet for outlet in cited_outlets(text) if not is_same_outlet(outlet, report.publisher, report.owner)]
    if not others or is_own_finding(text, report.publisher):
        return None
    return others[0]


def count_publishers(entries: Iterable[Report]) -> int:
    """How many owner groups report a story: the measure of rank, not of who found it out (`story.py` tells that).

    Copies and round-ups do not count. A report that names its source counts as that source's; where the source has
    only rewritten another's news, as that one's.
    """
    return len(set(publishers_by_owner(entries).values()))


def publishers_by_owner(entries: Iterable[Report]) -> dict[str, str]:
    """The owner from whom each owner among a story's reports has the news; itself, where it found out for itself."""
    reports = [entry for entry in entries if entry.role == REPORT]
    owners = {name_key(entry.publisher): entry.owner for entry in reports}
    source: dict[str, str] = {}
    for entry in reports:
        outlet = origin_of(entry)
        named = entry.owner if outlet is None else owners.get(name_key(outlet.name), outlet.owner)
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

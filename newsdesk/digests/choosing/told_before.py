"""When a story that an earlier digest told comes back, and with what. Pure.

It comes back with a development, be it of one reliable outlet; with something new that three further owners report; or
when five further owners have taken it up, whatever they say. Nothing is barred for ever, for owners add up over days.
"""

from __future__ import annotations

from dataclasses import replace

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.reliable import is_reliable
from newsdesk.digests.prose.english import speaks_english
from newsdesk.stories.read import EntryView
from newsdesk.stories.threads.developments import Development, find_development

OWNERS_TO_RETURN_CHANGED = 3
OWNERS_TO_RETURN = 5


def what_is_new(candidate: Candidate) -> Candidate | None:
    """The candidate with the entries that an earlier digest did not know, or None if too little is new.

    What an editor pinned comes back with whatever is new.
    """
    earlier = candidate.earlier
    if earlier is None:
        return candidate
    entries = _entries_since(candidate)
    found = find_change(candidate)
    if candidate.told is None:
        is_free = candidate.repeated is None or candidate.story.is_pinned
        is_enough = found is not None or is_free or _is_enough(candidate.story.origins, candidate)
        return replace(candidate, development=found) if is_enough else None
    further = _owners(entries) - {e.owner for e in candidate.story.entries if e.seen_at <= earlier.until}
    owners = _owners(entries) if found else further
    if not entries or not (found or candidate.story.is_pinned or _is_enough(len(further), candidate)):
        return None
    return replace(candidate, story=replace(candidate.story, entries=entries, origins=len(owners)), development=found)


def find_change(candidate: Candidate) -> Development | None:
    """What reliable outlets say, in English, has changed since the story was told; `title` counts the new entries."""
    earlier = candidate.earlier
    if earlier is None:
        return None
    new = _entries_since(candidate)
    places = [n for n, entry in enumerate(new) if is_reliable(entry) and speaks_english(entry)]
    found = find_development([new[n].title for n in places], _said(candidate), is_same=candidate.told is not None)
    return replace(found, title=places[found.title]) if found else None


def changed_elsewhere(candidate: Candidate) -> str:
    """The title of a reliable report in another language that says something has changed; empty if there is none."""
    titles = [e.title for e in _entries_since(candidate) if is_reliable(e) and not speaks_english(e)]
    found = find_development(titles, _said(candidate), is_same=candidate.told is not None)
    return titles[found.title] if found else ""


def further_owners(candidate: Candidate) -> int:
    """How many owners have reported the story since it was told and not before."""
    old = {entry.owner for entry in candidate.story.entries} - _owners(candidate.story.entries)
    if candidate.told is not None:
        old |= {entry.owner for entry in candidate.story.entries if entry.seen_at <= candidate.told.until}
    return len(_owners(_entries_since(candidate)) - old)


def _said(candidate: Candidate) -> list[str]:
    """What we told, and the titles of what was reported of the same story until then."""
    told, earlier = candidate.told, candidate.earlier
    old = [entry.title for entry in candidate.story.entries if told is not None and entry.seen_at <= told.until]
    return [*(earlier.said or (earlier.headline,)), *old] if earlier else old


def _entries_since(candidate: Candidate) -> tuple[EntryView, ...]:
    told: EarlierItem | None = candidate.told
    return tuple(entry for entry in candidate.story.entries if told is None or entry.seen_at > told.until)


def _owners(entries: tuple[EntryView, ...]) -> set[str]:
    return {entry.owner for entry in entries if entry.role == "report"}


def _is_enough(owners: int, candidate: Candidate) -> bool:
    return owners >= (OWNERS_TO_RETURN if candidate.is_unchanged else OWNERS_TO_RETURN_CHANGED)

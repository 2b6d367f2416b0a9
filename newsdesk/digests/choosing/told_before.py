"""When a story that an earlier digest told comes back, and with what. Pure.

It comes back with a development, be it of one reliable outlet; with something new that three further owners report; or
when five further owners have taken it up, whatever they say. Nothing is barred for ever, for owners add up over days.
"""

from __future__ import annotations

from dataclasses import replace

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.reliable import is_reliable
from newsdesk.digests.prose.english import speaks_english
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.read import EntryView
from newsdesk.stories.text import normalise, tokenize
from newsdesk.stories.threads.developments import Development, find_development
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import has_news_verb, is_chatter, is_comment, is_teaser

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
        is_enough = found is not None or is_free or _is_enough(candidate.story.publishers, candidate)
        return replace(candidate, development=found) if is_enough else None
    further = _owners(entries) - {e.owner for e in candidate.story.entries if e.seen_at <= earlier.until}
    owners = _owners(entries) if found else further
    if not entries or not (found or candidate.story.is_pinned or _is_enough(further_owners(candidate), candidate)):
        return None
    return replace(
        candidate, story=replace(candidate.story, entries=entries, publishers=len(owners)), development=found
    )


def find_change(candidate: Candidate) -> Development | None:
    """What reliable outlets say, in English, has changed since the story was told; `title` counts the new entries."""
    earlier = candidate.earlier
    if earlier is None:
        return None
    new = _entries_since(candidate)
    places = [n for n, entry in enumerate(new) if _can_tell(entry)]
    found = find_development([new[n].title for n in places], _said(candidate), is_same=candidate.told is not None)
    return replace(found, title=places[found.title]) if found else None


def new_title(candidate: Candidate) -> str:
    """The title that brings most of what the earlier reports lack, if it says what happened; else nothing."""
    novelty = candidate.novelty
    if candidate.told is None or novelty is None or candidate.is_unchanged:
        return ""
    wanted = {*novelty.subjects, *novelty.figures}
    found = [
        (-len(wanted & _marks(title)), place, title)
        for place, title in enumerate(map(_printed, filter(_can_tell, _entries_since(candidate))))
        if has_news_verb(title) and not (is_comment(title) or is_teaser(title) or is_chatter(title))
    ]
    best = min(found, default=(0, 0, ""))
    return best[2] if best[0] or not wanted else ""


def changed_elsewhere(candidate: Candidate) -> str:
    """The title of a reliable report in another language that says something has changed; empty if there is none."""
    titles = [e.title for e in _entries_since(candidate) if is_reliable(e) and not speaks_english(e)]
    found = find_development(titles, _said(candidate), is_same=candidate.told is not None)
    return titles[found.title] if found else ""


def further_owners(candidate: Candidate) -> int:
    """How many owners have reported the story since it was told and not before, of those whose word counts."""
    new = _entries_since(candidate)
    old = {entry.owner for entry in candidate.story.entries if entry not in new}
    return len({entry.owner for entry in new if is_reliable(entry)} - old)


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


def _can_tell(entry: EntryView) -> bool:
    return is_reliable(entry) and speaks_english(entry)


def _printed(entry: EntryView) -> str:
    return printed_title(entry.title, entry.publisher)


def _marks(title: str) -> set[str]:
    """Whom a title names, by slug, and its terms and figures."""
    return {*(hit.slug for hit in find_entities(title)), *tokenize(normalise(title))}


def _is_enough(owners: int, candidate: Candidate) -> bool:
    return owners >= (OWNERS_TO_RETURN_CHANGED if new_title(candidate) else OWNERS_TO_RETURN)

"""When a story that an earlier digest told comes back, and with what. Pure."""

from __future__ import annotations

from dataclasses import replace

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.shape import Section
from newsdesk.stories.ranking.sources import is_anybodys

# A story of an earlier digest comes back with a new development once this many further owners have reported it; with
# none only if that digest just named it in short, and it has become a large one since.
OWNERS_TO_RETURN = 3
OWNERS_TO_RETURN_LARGER = 5


def what_is_new(candidate: Candidate) -> Candidate | None:
    """The candidate with the entries that an earlier digest did not know, or None if too little is new.

    What an editor pinned comes back with whatever is new.
    """
    told = candidate.told
    if told is None:
        return None if _is_told_elsewhere(candidate) else candidate
    story = candidate.story
    old = {entry.owner for entry in story.entries if entry.seen_at <= told.until}
    entries = tuple(entry for entry in story.entries if entry.seen_at > told.until)
    # What anybody may post brings nothing back.
    owners = {entry.owner for entry in entries if entry.role == "report" and not is_anybodys(entry)} - old
    if not entries or not (story.is_pinned or _is_enough(len(owners), candidate, told)):
        return None
    return replace(candidate, story=replace(story, entries=entries, origins=len(owners)))


def _is_told_elsewhere(candidate: Candidate) -> bool:
    """Whether the story repeats one that a digest told, and has not become larger than it was there."""
    told, story = candidate.repeated, candidate.story
    return told is not None and not story.is_pinned and not _is_enough(story.origins, candidate, told)


def _is_enough(owners: int, candidate: Candidate, told: EarlierItem) -> bool:
    if candidate.is_unchanged:
        return told.section == Section.SHORT and owners >= OWNERS_TO_RETURN_LARGER
    return owners >= OWNERS_TO_RETURN

"""A ranked story that a digest may tell, and what the edition's earlier digests told of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.ranking.score import Reason
from newsdesk.stories.read import StoryView

# A story of an earlier digest comes back with a new development once this many further owners have reported it; with
# none only if that digest just named it in short, and it has become a large one since.
OWNERS_TO_RETURN = 3
OWNERS_TO_RETURN_LARGER = 5


@dataclass(frozen=True, slots=True)
class Told:
    """The last earlier digest of the edition that held a story: its date and cut-off, and where it stood there."""

    date: date
    until: datetime
    section: str
    story: str
    headline: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked story; `told` is where an earlier digest held it, `repeated` where one held the story it repeats."""

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]
    told: Told | None = None
    novelty: Novelty | None = None
    repeated: Told | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether today's reports bring nothing that was not reported before; not known of every story."""
        return self.novelty is not None and self.novelty.kind == Kind.REPEATS


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
    owners = {entry.owner for entry in entries if entry.role == "report"} - old
    if not entries or not (story.is_pinned or _is_enough(len(owners), candidate, told)):
        return None
    return replace(candidate, story=replace(story, entries=entries, origins=len(owners)))


def _is_told_elsewhere(candidate: Candidate) -> bool:
    """Whether the story repeats one that a digest told, and has not become larger than it was there."""
    told, story = candidate.repeated, candidate.story
    return told is not None and not story.is_pinned and not _is_enough(story.origins, candidate, told)


def _is_enough(owners: int, candidate: Candidate, told: Told) -> bool:
    if candidate.is_unchanged:
        return told.section == "short" and owners >= OWNERS_TO_RETURN_LARGER
    return owners >= OWNERS_TO_RETURN

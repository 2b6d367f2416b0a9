"""A ranked story that a digest may tell, and what the edition's earlier digests told of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from newsdesk.digests.shape import Section
from newsdesk.stories.ranking.age import FirstPublic
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.ranking.score import Reason
from newsdesk.stories.read import EntryView, StoryView


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """The last earlier digest of the edition that held a story: its date and cut-off, and where it stood there."""

    date: date
    until: datetime
    section: Section
    story: str
    headline: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked story; `told` is where an earlier digest held it, `repeated` where one held the story it repeats.

    `old` is when it was first public, of a story that was long before the digest's window. `is_named_before`: an
    earlier digest gave its headline in short, so that it may be told large, but not be named again.
    """

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]
    told: EarlierItem | None = None
    novelty: Novelty | None = None
    repeated: EarlierItem | None = None
    old: FirstPublic | None = None
    is_named_before: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether today's reports bring nothing that was not reported before; not known of every story."""
        return self.novelty is not None and self.novelty.kind == Kind.REPEATS


def reports_of(story: StoryView) -> Sequence[EntryView]:
    """The story's reports; where it has none, whatever it has."""
    return [entry for entry in story.entries if entry.role == "report"] or story.entries

"""A ranked story that a digest may tell, and what the edition's earlier digests told of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from newsdesk.digests.shape import Section
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.ranking.score import Reason
from newsdesk.stories.read import StoryView
from newsdesk.stories.threads.developments import Development


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """The last earlier digest of the edition that held a story: its date and cut-off, and where it stood there.

    `said` are the headline and sentences printed there and the titles of its sources.
    """

    date: date
    until: datetime
    section: Section
    story: str
    headline: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked story; `told` is where an earlier digest held it, `repeated` where one held the story it repeats.

    `followed` is where one held the story that it follows up; `development` what has changed since.
    """

    story: StoryView
    score: float
    reasons: tuple[Reason, ...]
    told: EarlierItem | None = None
    novelty: Novelty | None = None
    repeated: EarlierItem | None = None
    followed: EarlierItem | None = None
    development: Development | None = None

    @property
    def earlier(self) -> EarlierItem | None:
        """Where an earlier digest held this story or one that it repeats or follows up."""
        return self.told or self.repeated or self.followed

    @property
    def is_unchanged(self) -> bool:
        """Whether today's reports bring nothing that was not reported before; not known of every story."""
        return self.novelty is not None and self.novelty.kind == Kind.REPEATS

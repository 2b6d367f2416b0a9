"""A story that may still take reports, as the clusterer holds it."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import datetime

from newsdesk.stories.clustering.comparing.profile import Profile, Sum


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A report of an open story; they are ordered as they were seen."""

    seen_at: datetime
    key: int
    profile: Profile = field(compare=False)
    language: str = field(compare=False)
    founds: str = field(compare=False)
    is_bonded: bool = field(compare=False)
    is_own_account: bool = field(compare=False)


@dataclass(slots=True)
class OpenStory:
    """A story's public id, its reports in the order seen, and their sum."""

    name: str
    members: list[Member] = field(default_factory=list)
    sum: Sum = field(default_factory=Sum)

    @property
    def is_bonded(self) -> bool:
        """Whether an editor spoke of any of its reports."""
        return any(member.is_bonded for member in self.members)

    @property
    def is_own_account(self) -> bool:
        """Whether all that its reports tell of is their authors' own doings (`round_up.is_own_account`)."""
        return all(member.is_own_account for member in self.members)

    def has_language(self, language: str) -> bool:
        """Whether any of its reports is in the language, of whatever country."""
        return any(_same_language(member.language, language) for member in self.members)

    def shares_language(self, other: OpenStory) -> bool:
        """Whether a report of each is in one language."""
        return any(self.has_language(language) for language in {member.language for member in other.members})

    def take(self, member: Member) -> None:
        """Add a report."""
        insort(self.members, member)
        self.sum.take(member.profile)


def _same_language(one: str, other: str) -> bool:
    return one.split("-")[0].lower() == other.split("-")[0].lower()

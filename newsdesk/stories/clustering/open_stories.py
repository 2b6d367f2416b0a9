"""The open stories, found by the terms of their reports, and closed when they have been silent. Touches nothing.

Counts are integers and figures are computed from them when asked for, so the state is a function of the set of reports
in the open stories, whatever the order in which they came.
"""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta

from newsdesk.stories.clustering.comparing.profile import Profile, Weighed, weighed
from newsdesk.stories.clustering.comparing.rarity import Weights
from newsdesk.stories.clustering.open_story import Member, OpenStory

# A story takes no report after this much silence.
WINDOW = timedelta(hours=72)
# Candidates are found by a report's rarest terms, so many of them; a term in more stories than this finds nothing.
LOOKED_UP_TERMS = 16
COMMON_TERM_STORIES = 400


class OpenStories:
    """Stories by name, the terms that lead to them, and the clock that closes them."""

    def __init__(self) -> None:
        self._clock: datetime | None = None
        self._stories: dict[str, OpenStory] = {}
        self._closing: list[tuple[datetime, str]] = []
        self._with_term: dict[str, dict[str, int]] = {}
        self._reports_with: dict[str, int] = {}
        self._reports = 0
        self.weights = Weights(self._reports_with)

    def __len__(self) -> int:
        return len(self._stories)

    def __contains__(self, story: str) -> bool:
        """Whether the story is open."""
        return story in self._stories

    def __getitem__(self, story: str) -> OpenStory:
        return self._stories[story]

    def advance(self, clock: datetime) -> None:
        """Move the clock, never backwards, and close the stories that have been silent for the window."""
        if self._clock is not None and clock <= self._clock:
            clock = self._clock
        self._clock = clock
        while self._closing and self._closing[0][0] < clock - WINDOW:
            _, name = heapq.heappop(self._closing)
            story = self._stories.get(name)
            if story is None:
                continue
            if (last := story.members[-1].seen_at) < clock - WINDOW:
                self.close(story)
            else:
                heapq.heappush(self._closing, (last, name))

    def weigh(self, new: Profile) -> Weighed:
        """The report with its terms' weights among the reports open now."""
        self.weights.count(self._reports)
        return weighed(new, self.weights)

    def near(
        self,
        new: Weighed,
        barred: frozenset[str] = frozenset(),
        *,
        most: int,
        least_share: float = 0.0,
    ) -> list[str]:
        """The open stories that share most with a report, by the squared weights of its rarest terms they contain.

        The first of them, as many as `most`, that share `least_share`, 0 to 1, of what the very first shares or more;
        the `barred` ones are left out.
        """
        rarest = sorted([(weight, term) for term, weight in new.terms.items()], reverse=True)[:LOOKED_UP_TERMS]
        shared: dict[str, float] = {}
        for _, term in rarest:
            names = self._with_term.get(term)
            if names and len(names) <= COMMON_TERM_STORIES:
                value = self.weights[term] ** 2
                for name in names:
                    shared[name] = shared.get(name, 0.0) + value
        for name in barred:
            shared.pop(name, None)
        # Only those that can be among the first are put in order, for there may be hundreds.
        values = sorted(shared.values(), reverse=True)[:most]
        least = max(values[-1], least_share * values[0]) if values else 0.0
        first = [name for name, value in shared.items() if value >= least]
        first.sort(key=lambda name: (-shared[name], self._stories[name].members[0]))
        return first[:most]

    def insert(self, name: str, member: Member) -> None:
        """Put a report into a story, which is opened if need be."""
        story = self._stories.get(name)
        if story is None:
            story = self._stories[name] = OpenStory(name)
            heapq.heappush(self._closing, (member.seen_at, name))
        story.take(member)
        self._reports += 1
        for term in member.profile.terms:
            self._reports_with[term] = self._reports_with.get(term, 0) + 1
            names = self._with_term.setdefault(term, {})
            names[name] = names.get(name, 0) + 1
            self.weights.pop(term, None)

    def close(self, story: OpenStory) -> None:
        """Forget a story and its reports."""
        del self._stories[story.name]
        for member in story.members:
            self._reports -= 1
            for term in member.profile.terms:
                self.weights.pop(term, None)
                self._with_term[term].pop(story.name, None)
                if self._reports_with[term] == 1:
                    del self._reports_with[term], self._with_term[term]
                else:
                    self._reports_with[term] -= 1

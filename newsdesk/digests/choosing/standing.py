"""Where a story may stand by what kind of thing it is: large, in short only, or nowhere. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from newsdesk.digests.choosing.candidate import Candidate, reports_of
from newsdesk.stories.ranking.no_news import AT_MOST_IN_SHORT, NoNews, no_news_of
from newsdesk.stories.ranking.sources import is_anybodys
from newsdesk.stories.read import StoryView
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import is_praise

# No story leads that is less surely AI news (0 to 1), while the day has another.
LEAST_LEAD_RELEVANCE = 0.9
# A page that its own date shows to be this old, under a new date in a feed, is republished: no news at all.
REPUBLISHED_AGE = timedelta(days=14)

_FIGURE = re.compile(r"\d")


def may_be_large(candidate: Candidate) -> bool:
    """Whether a story may be told large: pinned, or no old news, with a newsroom's or a maker's report, and news."""
    story = candidate.story
    if story.is_pinned:
        return True
    return candidate.old is None and not is_anybodys_alone(story) and no_news_of(reports_of(story)) is None


def may_lead(candidate: Candidate) -> bool:
    """Whether a story that may be told large is surely AI news."""
    return candidate.story.is_pinned or (candidate.story.relevance or 0.0) >= LEAST_LEAD_RELEVANCE


def is_anybodys_alone(story: StoryView) -> bool:
    """Whether only forums, posts, code hosts, papers, videos or personal blogs tell of it."""
    return all(is_anybodys(entry) for entry in reports_of(story))


def no_news(story: StoryView) -> NoNews | None:
    """What kind of post without news a story is, that may stand nowhere in a digest; None for others."""
    kind = no_news_of(reports_of(story))
    return None if kind in AT_MOST_IN_SHORT else kind


def is_republished(story: StoryView, after: datetime) -> bool:
    """Whether every report's page says that it is old, whatever its feed says."""
    firsts = [entry.first_public_at for entry in reports_of(story)]
    return all(first is not None and first < after - REPUBLISHED_AGE for first in firsts)


def praises_itself(story: StoryView) -> bool:
    """Whether nothing is told but somebody's own praise: one origin, superlatives, not one figure."""
    titles = [printed_title(entry.title, entry.publisher) for entry in reports_of(story)]
    return story.origins <= 1 and all(is_praise(title) and not _FIGURE.search(title) for title in titles)

"""What counts for or against a story on a day, each as a number, with plain words for readers. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsdesk.stories.entities.find import EntityHit, find_entities
from newsdesk.stories.models import Coverage
from newsdesk.stories.origins.count import count_origins
from newsdesk.stories.ranking.age import old_since
from newsdesk.stories.ranking.consequence import kinds_of
from newsdesk.stories.ranking.no_news import no_news_of
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.ranking.sources import AGGREGATOR, is_anybodys, is_first_rank, source_class
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.titles.cleaning import bare_title
from newsdesk.stories.titles.kinds import is_by_author, is_chatter, is_comment, is_forecast, is_teaser, is_weighty

# A publisher of whom nothing is known; what an aggregator thinks of itself counts for nothing.
USUAL_STANDING = 0.5

_CONSEQUENCES = {
    "ending": "Something ends, stops or shrinks",
    "state": "What a government does",
    "law": "Before a court",
    "money": "Money changes hands",
    "launch": "Something is brought out",
    "attack": "An attack or a failure",
    "model": "A model of its number",
    "talk": "",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that counts for or against a story; `words` are for readers (empty: nothing to tell)."""

    name: str
    value: float
    words: str = ""


def measures_of(story: StoryView, *, after: datetime, novelty: Novelty | None = None) -> Iterator[Measure]:
    """The measures of a story for a digest whose window begins after `after`; those that are nought are left out."""
    reports = [entry for entry in story.entries if entry.role != Coverage.Role.ROUND_UP]
    told = _Told(story, reports, after)
    for measure in (*_who(told), *_what(told), *_when(told, novelty), *_how(told)):
        if measure.value:
            yield measure


class _Told:
    """A story's reports in the parts that several measures look at."""

    def __init__(self, story: StoryView, reports: Sequence[EntryView], after: datetime) -> None:
        self.story, self.reports, self.after = story, reports, after
        self.known = [entry for entry in reports if entry.seen_at <= after]
        self.new = [entry for entry in reports if entry.seen_at > after]
        self.titles = [bare_title(entry.title) for entry in reports]

    def share(self, is_so: Callable[[str], bool]) -> float:
        """The share, 0 to 1, of the reports' titles of which something is so."""
        return sum(map(is_so, self.titles)) / len(self.titles) if self.titles else 0.0

    def mostly(self, is_so: Callable[[str], bool]) -> float:
        """1 where it is so of most titles, else 0: one post among many reports counts for nothing."""
        return float(self.share(is_so) > 0.5)


def _who(told: _Told) -> Iterator[Measure]:
    """Who reports it."""
    yield _origins(told)
    outlets = _owners(entry for entry in told.new if not is_anybodys(entry)) - _owners(told.known)
    yield Measure("outlets", math.log2(1 + len(outlets)))
    first_rank = [entry for entry in told.new if is_first_rank(entry)]
    yield Measure("first_rank", float(bool(first_rank)), "Reported by a newsroom of the first rank")
    scoops = any("scoop" in kinds_of(entry.title) for entry in first_rank)
    yield Measure("scoop", float(scoops), "A finding of its own: sources, filings or documents")
    yield _standing([entry for entry in told.new if source_class(entry.url) != AGGREGATOR])
    makers = [entry.publisher for entry in told.reports if entry.kind == "primary"]
    words = f"First-hand: {_possessive(makers[0])} own announcement" if makers else ""
    yield Measure("first_hand", float(bool(makers)), words)
    yield Measure("anybodys", float(bool(told.reports) and all(map(is_anybodys, told.reports))))


def _origins(told: _Told) -> Measure:
    """New origins count in full; those of earlier days only make a carried-over story's new ones believable."""
    origins = told.story.origins
    if not told.known:
        words = f"Reported by {origins} independent publishers" if origins > 1 else ""
        return Measure("origins", math.log2(max(origins, 1)), words)
    new = max(origins - count_origins(told.known), 0)
    words = f"Taken up by {new} more independent publishers, {origins} in all" if new > 1 else ""
    return Measure("origins", math.log2(1 + new), words)


def _standing(reports: Sequence[EntryView]) -> Measure:
    best = max(reports, key=lambda entry: entry.standing, default=None)
    if best is None:
        return Measure("standing", USUAL_STANDING)
    words = f"Reported by {best.publisher}" if best.standing > USUAL_STANDING and best.kind != "primary" else ""
    return Measure("standing", best.standing, words)


def _what(told: _Told) -> Iterator[Measure]:
    """What it is about, and what it changes."""
    headline = told.story.headline
    hits = sorted(find_entities(headline), key=lambda hit: (-hit.weight, hit.slug))
    yield _subjects(hits)
    yield Measure("person", float(any(hit.kind == "person" for hit in hits)))
    for name, words in _CONSEQUENCES.items():
        share = told.share(lambda title, name=name: name in kinds_of(title))  # type: ignore[misc]
        yield Measure(name, share, words if 2 * share >= 1 else "")
    yield Measure("weighty", float(is_weighty(headline)), "Changes what others can do or must do")
    yield Measure("forecast", float(is_forecast(headline)))


def _subjects(hits: Sequence[EntityHit]) -> Measure:
    if not hits:
        return Measure("subjects", 0.0)
    return Measure("subjects", hits[0].weight, f"About {' and '.join(hit.name for hit in hits[:2])}")


def _when(told: _Told, novelty: Novelty | None) -> Iterator[Measure]:
    """How old it is, and what of it is new."""
    share = len(told.known) / len(told.reports) if told.reports else 0.0
    yield Measure("carried_over", share, "First reported before this digest's day")
    old = old_since(told.story.entries, after=told.after)
    words = f"Old news: first published {old.in_words(told.story.first_seen_at)}" if old else ""
    yield Measure("old_news", float(old is not None), words)
    if novelty is not None and novelty.kind == Kind.REPEATS:
        yield Measure("repeats", novelty.told_before, "Says nothing that was not reported in the days before")
    if novelty is not None and novelty.kind == Kind.DEVELOPED:
        yield Measure("development", novelty.share, "A new development of an earlier story")


def _how(told: _Told) -> Iterator[Measure]:
    """In what form it comes."""
    reports = told.reports
    has_english = any(entry.language.lower().startswith("en") or not entry.language for entry in reports)
    yield Measure("language", float(not has_english), "No report in English")
    has_text = any(len(entry.text) > len(entry.title) + 2 for entry in reports)
    yield Measure("depth", float(not has_text), "Only headlines to go by")
    yield Measure("teaser", told.mostly(is_teaser))
    yield Measure("comment", told.mostly(is_comment))
    yield Measure("personal", told.mostly(is_by_author))
    yield Measure("chatter", told.mostly(is_chatter))
    yield Measure("no_news", float(bool(no_news_of(reports))))


def _owners(entries: Iterator[EntryView] | Collection[EntryView]) -> set[str]:
    """The owners of entries; all aggregators are one, for each lists what others report."""
    return {AGGREGATOR if source_class(entry.url) == AGGREGATOR else entry.owner for entry in entries}


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"

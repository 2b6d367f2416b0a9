"""What a digest's page shows: stories in passages, numbered citations, sources by story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from newsdesk.digests.documents.readable import Correction, Label, ReadItem, Source, Thesis
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.shape import CoverageJson, Role, Section

# Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047).
WORDS_PER_MINUTE = 238
MAX_BRIEF_LINES = 5
MAX_NAMED_PUBLISHERS = 4

WHY = Role.WHY.label
CONFLICT = Role.CONFLICT.label


@dataclass(frozen=True, slots=True)
class Mark:
    """The number after a sentence that leads to a source; `anchor` is its own id, to come back to."""

    number: int
    anchor: str
    publisher: str


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    written_by: str
    citations: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences of one kind; `label` is empty for what happened and its details."""

    label: str
    is_analysis: bool
    sentences: tuple[Sentence, ...]

    @property
    def is_list(self) -> bool:
        """Whether its sentences stand side by side: several reasons, or accounts that differ."""
        return bool(self.label) and len(self.sentences) > 1

    @property
    def names_outlets(self) -> bool:
        """Whether each sentence stands beside the name of whose account it is."""
        return self.label == CONFLICT

    @property
    def list_tag(self) -> str:
        """Reasons are counted, accounts that differ are not."""
        return "ol" if self.label == WHY else "ul"


@dataclass(frozen=True, slots=True)
class Later:
    """What a later digest tells has become of an item: its words, and where they stand."""

    words: str
    date: date
    position: int


@dataclass(frozen=True, slots=True)
class PlacedStory:
    """A story placed in the digest."""

    position: int
    section: str
    public_id: str
    headline: str
    theme: str
    passages: tuple[Passage, ...]
    sources: tuple[Source, ...]
    labels: tuple[Label, ...]
    why: tuple[str, ...]
    origins: str
    later: tuple[Later, ...] = ()

    @property
    def first_citations(self) -> tuple[Mark, ...]:
        return self.passages[0].sentences[0].citations if self.passages else ()

    @property
    def all_citations(self) -> tuple[Mark, ...]:
        """The first mark of each source that any of its sentences cites."""
        found: dict[int, Mark] = {}
        for passage in self.passages:
            for sentence in passage.sentences:
                for citation in sentence.citations:
                    found.setdefault(citation.number, citation)
        return tuple(found.values())

    @property
    def cited(self) -> tuple[Source, ...]:
        """The sources listed under this story, in the order of their numbers."""
        return tuple(sorted((source for source in self.sources if source.number), key=lambda source: source.number))

    @property
    def uncited(self) -> tuple[Source, ...]:
        """One source for each publisher that none of the cited ones is of."""
        listed = {source.publisher for source in self.cited}
        rest = {source.publisher: source for source in reversed(self.sources) if not source.number}
        return tuple(source for name, source in reversed(rest.items()) if name not in listed)

    @property
    def named(self) -> tuple[Source, ...]:
        """The earliest source of each of the first few publishers, originals before copies."""
        by_publisher: dict[str, Source] = {}
        for source in sorted(self.sources, key=lambda source: (source.is_copy, source.moment)):
            by_publisher.setdefault(source.publisher, source)
        return tuple(by_publisher.values())[:MAX_NAMED_PUBLISHERS]

    @property
    def others(self) -> int:
        """How many publishers there are beside the first."""
        return len({source.publisher for source in self.sources}) - 1


@dataclass(frozen=True, slots=True)
class Watched:
    sentence: Sentence
    when: str
    date: date | None
    owner: str
    story: ReadItem | None


@dataclass(frozen=True)
class DigestPage:
    """Everything the digest's page shows."""

    edition: str
    date: date
    title: str
    dek: str
    title_is_lead: bool
    number: int
    window_from: datetime
    window_to: datetime
    published_at: datetime | None
    coverage: CoverageJson
    stories: tuple[PlacedStory, ...]
    pattern: tuple[Thesis, ...]
    watch: tuple[Watched, ...]
    corrections: tuple[Correction, ...]
    made: str

    @property
    def is_weekly(self) -> bool:
        return self.edition == WEEKLY_EDITION

    @cached_property
    def lead(self) -> PlacedStory | None:
        return next((story for story in self.stories if story.section == Section.LEAD), None)

    @cached_property
    def big(self) -> tuple[PlacedStory, ...]:
        return tuple(story for story in self.stories if story.section == Section.BIG)

    @cached_property
    def short(self) -> tuple[tuple[str, tuple[PlacedStory, ...]], ...]:
        """The short items by theme (its slug), the theme of the best-ranked one first."""
        by_theme: dict[str, list[PlacedStory]] = {}
        for story in self.stories:
            if story.section == Section.SHORT:
                by_theme.setdefault(story.theme, []).append(story)
        return tuple((theme, tuple(stories)) for theme, stories in by_theme.items())

    @cached_property
    def sourced(self) -> tuple[tuple[PlacedStory | None, tuple[Source, ...], tuple[Source, ...]], ...]:
        """Story, cited and further sources for each told story; those in short together, under no story, at the end."""
        told = [(story, story.cited, story.uncited) for story in self.stories if story.section != Section.SHORT]
        short = tuple(source for story in self.stories if story.section == Section.SHORT for source in story.cited)
        return (*told, *([(None, short, ())] if short else []))

    @cached_property
    def brief(self) -> tuple[PlacedStory, ...]:
        """The day's first stories, without a lead whose headline already stands as the title."""
        first = (self.lead,) if self.lead and not self.title_is_lead else ()
        return (*first, *self.big)[:MAX_BRIEF_LINES]

    @cached_property
    def standfirst(self) -> str:
        """The dek, without the headlines that `brief` lists in full."""
        return self.dek.partition("Also: ")[0].strip() if self.brief else self.dek

    @cached_property
    def cited(self) -> tuple[Source, ...]:
        """Every numbered source, in the order of the numbers."""
        return tuple(sorted((s for story in self.stories for s in story.cited), key=lambda source: source.number))

    @cached_property
    def reading_minutes(self) -> int:
        texts = [sentence.text for sentence in self._shown()] + [story.headline for story in self.stories]
        return max(1, round(sum(len(text.split()) for text in texts) / WORDS_PER_MINUTE))

    @cached_property
    def updated_at(self) -> datetime | None:
        """When it was last corrected, or else published."""
        moments = [correction.made_at for correction in self.corrections]
        return max([*moments, *([self.published_at] if self.published_at else [])], default=None)

    def _shown(self) -> Iterator[Sentence]:
        """The sentences on the page; of a story in short only the headline is."""
        for story in self.stories:
            for passage in story.passages if story.section != Section.SHORT else ():
                yield from passage.sentences
        yield from (watched.sentence for watched in self.watch)

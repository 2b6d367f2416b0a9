"""A story at its place on the page, told, with its sources. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.labels import labels_of
from newsdesk.digests.shape import LabelJson, OriginsJson, RankJson, ReasonJson, Section, SentenceJson, SourceJson
from newsdesk.digests.telling.receipts import Draft, sentences_to_json
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.times import iso

MOST_TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Item:
    """A story at its place, told; `sentences` and `sources` as in the export schema.

    `draft.model` is empty where an editor wrote of it.
    """

    position: int
    section: Section
    story: StoryView
    headline: str
    theme: str
    why_ranked: RankJson
    draft: Draft
    sources: tuple[SourceJson, ...]
    is_headline_edited: bool = False
    labels: tuple[LabelJson, ...] = ()
    origins: OriginsJson | None = None

    @property
    def sentences(self) -> list[SentenceJson]:
        """The sentences as S of the export schema."""
        return sentences_to_json(self.draft.sentences)


def sources(story: StoryView, draft: Draft) -> list[SourceJson]:
    """The story's sources as in the export schema, in the order seen, each copy after its original.

    Round-ups are left out unless a sentence cites them or there is nothing else.
    """
    cited = {receipt.entry for sentence in draft.sentences for receipt in sentence.receipts}
    kept = [e for e in story.entries if e.role != "round_up" or e.public_id in cited] or list(story.entries)
    known = {entry.public_id for entry in kept}
    place = {entry.public_id: n for n, entry in enumerate(kept)}

    def order(entry: EntryView) -> tuple[int, int]:
        return place.get(entry.duplicate_of, place[entry.public_id]), place[entry.public_id]

    return [_source(entry, known) for entry in sorted(kept, key=order)]


def as_item(position: int, section: Section, candidate: Candidate, draft: Draft, *, headline: str = "") -> Item:
    """A candidate at its place, told by a draft.

    Its headline is an editor's for this digest (`headline`), else an editor's for the story, else the draft's.
    """
    story = candidate.story
    edited = headline or (story.headline if story.is_headline_edited else "")
    reasons: list[ReasonJson] = [
        {"name": r.name, "points": round(r.points, 3), "words": r.words} for r in candidate.reasons
    ]
    return Item(
        position=position,
        section=section,
        story=story,
        headline=(edited or draft.headline)[:MOST_TITLE_CHARACTERS],
        theme=story.theme,
        why_ranked={"score": round(candidate.score, 3), "reasons": reasons},
        draft=draft,
        sources=tuple(sources(story, draft)),
        is_headline_edited=bool(edited),
        labels=tuple(label.as_json() for label in labels_of(candidate)),
        origins=origins_of(story),
    )


def origins_of(story: StoryView) -> OriginsJson:
    """Who found the story out, as in the export schema."""
    return cast(OriginsJson, story.origins.as_json())


def _source(entry: EntryView, known: set[str]) -> SourceJson:
    return {
        "entry": entry.public_id,
        "url": entry.url,
        "publisher": entry.publisher,
        "title": entry.title,
        "published": iso(entry.published_at) if entry.published_at else None,
        "seen": iso(entry.seen_at),
        "kind": entry.kind,
        "author": entry.author,
        "has_paywall": entry.has_paywall,
        "duplicate_of": entry.duplicate_of if entry.duplicate_of in known else "",
    }

"""From placed stories and their drafts to a digest's parts. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.labels import labels_of
from newsdesk.digests.choosing.placing import Placing
from newsdesk.digests.composing.pattern import find_pattern
from newsdesk.digests.composing.watch import find_watch
from newsdesk.digests.telling.receipts import Draft, sentences_to_json
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.times import iso

HEADLINES_IN_DEK = 3
MOST_TITLE_CHARACTERS = 200
# Fewer stories than this, or none that two outlets tell, make a quiet day.
QUIET_STORIES = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A story at its place, told; `sentences` and `sources` as in the export schema.

    `draft.model` is empty where an editor wrote of it.
    """

    position: int
    section: str
    story: StoryView
    headline: str
    theme: str
    why_ranked: dict[str, Any]
    draft: Draft
    sources: tuple[dict[str, Any], ...]
    is_headline_edited: bool = False
    labels: tuple[dict[str, Any], ...] = ()

    @property
    def sentences(self) -> list[dict[str, Any]]:
        """The sentences as S of the export schema."""
        return sentences_to_json(self.draft.sentences)


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything a digest says."""

    title: str
    dek: str
    items: tuple[Item, ...]
    pattern: tuple[dict[str, Any], ...]
    watch: tuple[dict[str, Any], ...]
    manifest: dict[str, Any]


def compose(placing: Placing, drafts: Mapping[int, Draft], *, until: datetime) -> Composition:
    """Put the placed stories, told by `drafts` (by story id), together; `until` is the cut-off."""
    items = tuple(
        as_item(position, section, candidate, drafts[candidate.story.id])
        for position, (section, candidate) in enumerate(placing.in_order(), start=1)
    )
    return compose_items(items, until=until)


def compose_items(items: Sequence[Item], *, until: datetime) -> Composition:
    """Everything a digest of these items, in page order, says."""
    return Composition(
        title=title(items),
        dek=dek(items),
        items=tuple(items),
        pattern=tuple(find_pattern(items)),
        watch=tuple(find_watch(items, until)),
        manifest={
            "models": sorted({item.draft.model for item in items} - {""}),
            "prompt_versions": sorted({item.draft.prompt_version for item in items} - {""}),
            "inputs_sha256": inputs_sha256(items),
        },
    )


def title(items: Sequence[Item]) -> str:
    """The lead's headline."""
    return items[0].headline if items else "A quiet day"


def dek(items: Sequence[Item]) -> str:
    """The line under the title: the next headlines; on a quiet day it says so first."""
    if not items:
        return "No AI-industry story was seen in this window."
    following = "; ".join(item.headline.rstrip(".") for item in items[1 : 1 + HEADLINES_IN_DEK])
    parts = []
    if len(items) < QUIET_STORIES:
        parts.append(f"A quiet day: {len(items)} {'story' if len(items) == 1 else 'stories'}.")
    elif all(item.story.origins < 2 for item in items):
        parts.append("A quiet day: no story is reported by more than one outlet.")
    if following:
        parts.append(f"Also: {following}" if following.endswith("…") else f"Also: {following}.")
    return " ".join(parts)


def inputs_sha256(items: Sequence[Item]) -> str:
    """One hash over the hashes of every text the digest was made from."""
    hashes = sorted({entry.text_sha256 for item in items for entry in item.story.entries if entry.text_sha256})
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def sources(story: StoryView, draft: Draft) -> list[dict[str, Any]]:
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


def as_item(position: int, section: str, candidate: Candidate, draft: Draft, *, headline: str = "") -> Item:
    """A candidate at its place, told by a draft.

    Its headline is an editor's for this digest (`headline`), else an editor's for the story, else the draft's.
    """
    story = candidate.story
    edited = headline or (story.headline if story.is_headline_edited else "")
    reasons = [{"name": r.name, "points": round(r.points, 3), "words": r.words} for r in candidate.reasons]
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
    )


def _source(entry: EntryView, known: set[str]) -> dict[str, Any]:
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

"""From placed stories and their drafts to a digest's parts. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsdesk.digests.choosing.placing import Placing
from newsdesk.digests.composing.item import Item, as_item
from newsdesk.digests.composing.pattern import find_pattern
from newsdesk.digests.composing.watch import find_watch
from newsdesk.digests.shape import MadeJson, ThesisJson, WatchJson
from newsdesk.digests.telling.receipts import Draft

HEADLINES_IN_DEK = 3
# Fewer stories than this, or none that two outlets tell, make a quiet day.
QUIET_STORIES = 5


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything a digest says."""

    title: str
    dek: str
    items: tuple[Item, ...]
    pattern: tuple[ThesisJson, ...]
    watch: tuple[WatchJson, ...]
    manifest: MadeJson


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
    elif all(item.story.publishers < 2 for item in items):
        parts.append("A quiet day: no story is reported by more than one outlet.")
    if following:
        parts.append(f"Also: {following}" if following.endswith("…") else f"Also: {following}.")
    return " ".join(parts)


def inputs_sha256(items: Sequence[Item]) -> str:
    """One hash over the hashes of every text the digest was made from."""
    hashes = sorted({entry.text_sha256 for item in items for entry in item.story.entries if entry.text_sha256})
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

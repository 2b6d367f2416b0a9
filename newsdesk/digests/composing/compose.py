"""From placed stories and their drafts to a digest's parts. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsdesk.digests.choosing.held_back import HeldBack
from newsdesk.digests.choosing.placing import Placing
from newsdesk.digests.composing.item import Item, as_item
from newsdesk.digests.composing.pattern import find_pattern
from newsdesk.digests.composing.watch import find_watch
from newsdesk.digests.shape import MadeJson, ThesisJson, WatchJson
from newsdesk.digests.telling.receipts import Draft

HEADLINES_IN_DEK = 3
# Fewer stories than this, or none that two outlets tell, make a quiet day.
QUIET_STORIES = 5
NOTHING_YET = "Nothing new so far"
# Stories held back that an empty page names; its line holds 500 characters.
MOST_HELD_NAMED = 3
MOST_DEK_CHARACTERS = 460


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything a digest says."""

    title: str
    dek: str
    items: tuple[Item, ...]
    pattern: tuple[ThesisJson, ...]
    watch: tuple[WatchJson, ...]
    manifest: MadeJson


def compose(
    placing: Placing, drafts: Mapping[int, Draft], *, until: datetime, seen: int = 0, is_open: bool = False
) -> Composition:
    """Put the placed stories, told by `drafts` (by story id), together; `until` is the cut-off.

    `seen` stories were seen in all; `is_open`: more may come before the window closes.
    """
    items = tuple(
        as_item(position, section, candidate, drafts[candidate.story.id])
        for position, (section, candidate) in enumerate(placing.in_order(), start=1)
    )
    nothing = nothing_told(held_words(placing.held_back), seen, is_open=is_open)
    composition = compose_items(items, until=until, nothing=nothing)
    return replace(composition, title=NOTHING_YET) if is_open and not items else composition


def compose_items(items: Sequence[Item], *, until: datetime, nothing: str = "") -> Composition:
    """Everything a digest of these items, in page order, says; `nothing` is said where there are none."""
    return Composition(
        title=title(items),
        dek=dek(items) if items else nothing or nothing_told((), 0),
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
        return nothing_told((), 0)
    following = "; ".join(item.headline.rstrip(".") for item in items[1 : 1 + HEADLINES_IN_DEK])
    parts = []
    if len(items) < QUIET_STORIES:
        parts.append(f"A quiet day: {len(items)} {'story' if len(items) == 1 else 'stories'}.")
    elif all(item.story.publishers < 2 for item in items):
        parts.append("A quiet day: no story is reported by more than one outlet.")
    if following:
        parts.append(f"Also: {following}" if following.endswith("…") else f"Also: {following}.")
    return " ".join(parts)


def held_words(held: Iterable[HeldBack]) -> list[str]:
    """What was held back, each with its reason."""
    return [f"“{one.headline.rstrip('.')}” ({one.words[:1].lower()}{one.words[1:]})" for one in held]


def nothing_told(held: Sequence[str], seen: int, *, is_open: bool = False) -> str:
    """What a page without stories says: that none was seen, only if that is so; else what was held back and why.

    `held` as `held_words` gives them, best first; `seen` is how many relevant stories were seen in the window.
    """
    when = "has been seen in this window so far" if is_open else "was seen in this window"
    if not seen and not held:
        return f"No AI-industry story {when}."
    count = max(seen, len(held))
    stories = "1 story" if count == 1 else f"{count} stories"
    if not held:
        return f"Nothing is told of the {stories} seen: each is in another language, or unsure."
    parts = [f"Nothing new {when}. Of {stories}, held back: {held[0]}"]
    for one in held[1:MOST_HELD_NAMED]:
        if len("; ".join([*parts, one])) <= MOST_DEK_CHARACTERS:
            parts.append(one)
    more = len(held) - len(parts)
    return "; ".join(parts) + (f"; and {more} more." if more else ".")


def inputs_sha256(items: Sequence[Item]) -> str:
    """One hash over the hashes of every text the digest was made from."""
    hashes = sorted({entry.text_sha256 for item in items for entry in item.story.entries if entry.text_sha256})
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

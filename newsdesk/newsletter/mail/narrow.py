"""A digest's document with fewer stories: those of a reader's themes, or as many as a mail has room for. Pure."""

from __future__ import annotations

from collections.abc import Collection

from newsdesk.digests.shape import Document, ItemJson, Section, ThesisJson
from newsdesk.stories.themes import Theme

MOST_IN_DEK = 3


def of_themes(document: Document, themes: Collection[str]) -> Document | None:
    """The document with the stories of these themes alone, under a title of its own; None where there is none.

    The first of them leads. A thesis stays if all the stories that it counts do.
    """
    kept = [item for item in document["items"] if item["theme"] in themes]
    if not kept:
        return None
    if len(kept) == len(document["items"]):
        return document
    first, *others = kept
    named = "; ".join(item["headline"].rstrip(".") for item in others[:MOST_IN_DEK])
    return {
        **_with_items(document, [{**first, "section": Section.LEAD}, *others], fewest=None),
        "title": first["headline"],
        "dek": f"Also: {named}{'' if named.endswith('…') else '.'}" if named else "",
    }


def first_stories(document: Document, count: int) -> Document:
    """The document with its first stories alone; a thesis stays if it still rests on two of them."""
    if count >= len(document["items"]):
        return document
    return _with_items(document, document["items"][:count], fewest=2)


def theme_names(themes: Collection[str]) -> str:
    """`Compute, Policy and Research`, in the themes' own order."""
    *names, last = [str(label) for slug, label in Theme.choices if slug in themes]
    return f"{', '.join(names)} and {last}" if names else last


def _with_items(document: Document, items: list[ItemJson], *, fewest: int | None) -> Document:
    stories = {item["story"] for item in items}
    positions = {None, *(item["position"] for item in items)}

    def holds(thesis: ThesisJson) -> bool:
        return sum(story in stories for story in thesis["stories"]) >= (fewest or len(thesis["stories"]))

    return {
        **document,
        "items": items,
        "pattern": [thesis for thesis in document["pattern"] if holds(thesis)],
        "watch": [watched for watched in document["watch"] if watched["story"] in stories],
        "corrections": [correction for correction in document["corrections"] if correction["position"] in positions],
    }

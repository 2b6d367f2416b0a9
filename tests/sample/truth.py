"""What is true about the sample's entries: story, thread, theme, relevance and copies, by guid."""

from __future__ import annotations

from dataclasses import dataclass

from newsdesk.sample.world import read_world


@dataclass(frozen=True)
class Truth:
    """The labels of one entry; `copy_of` is a guid or empty, `kind` is report, round_up, old or hostile."""

    guid: str
    outlet: str
    story: str
    thread: str
    theme: str
    relevant: bool
    copy_of: str
    kind: str


def read_truth() -> dict[str, Truth]:
    """The labels of every entry of the sample, by guid."""
    items = read_world().items
    guids = {item.slug: item.guid for item in items}
    return {
        item.guid: Truth(
            guid=item.guid,
            outlet=item.outlet.slug,
            story=item.story,
            thread=item.thread or item.story,
            theme=item.theme,
            relevant=item.relevant,
            copy_of=guids[item.copy_of] if item.copy_of else "",
            kind=item.kind,
        )
        for item in items
    }

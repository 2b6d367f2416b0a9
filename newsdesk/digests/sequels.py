"""When a digest that tells how an earlier one's story has changed is published: the earlier one is told of it.

Its page links to what became of the story. Where that contradicts what stands there, a correction is proposed to the
editors, who accept or dismiss it (`actions/sequels.py`): nothing published changes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.models import Digest, DigestItem, Sequel
from newsdesk.digests.shape import LabelJson
from newsdesk.stories.threads.developments import CONTRADICTING


def note_sequels(digest: Digest, *, now: datetime) -> int:
    """Note for every item that tells of a change which earlier item it changes; returns how many. Three queries.

    A week tells what its days told, so its items change none.
    """
    if digest.edition.slug == WEEKLY_EDITION:
        return 0
    changes = list(_changes(digest))
    if not changes:
        return 0
    earlier = _earlier_items(digest, {label["story"] for _, label in changes})
    found = [
        _sequel(earlier[label["story"]], item, label, digest, now)
        for item, label in changes
        if label["story"] in earlier
    ]
    return len(Sequel.objects.bulk_create(found, ignore_conflicts=True))


def _changes(digest: Digest) -> Iterator[tuple[DigestItem, LabelJson]]:
    for item in digest.items.in_page_order():
        labels: list[LabelJson] = item.labels
        yield from ((item, label) for label in labels if label.get("change") and label.get("story"))


def _earlier_items(digest: Digest, stories: set[str]) -> dict[str, DigestItem]:
    """The item of each story (by public id) that the last published digest before this one held."""
    rows = DigestItem.objects.filter(
        digest__edition=digest.edition,
        digest__state=Digest.State.PUBLISHED,
        digest__date__lt=digest.date,
        story__public_id__in=stories,
        is_dropped=False,
    )
    return {row.story.public_id: row for row in rows.select_related("digest", "story").order_by("digest__date")}


def _sequel(earlier: DigestItem, item: DigestItem, label: LabelJson, digest: Digest, now: datetime) -> Sequel:
    contradicts = label.get("change") in CONTRADICTING
    return Sequel(
        digest=earlier.digest,
        position=earlier.position,
        later=digest,
        later_position=item.position,
        words=label["words"],
        text=f"“{earlier.headline}” does not hold as told here. {label['words']} (digest of {digest.date:%-d %B %Y}).",
        state=Sequel.State.PROPOSED if contradicts else Sequel.State.LINKED,
        made_at=now,
    )

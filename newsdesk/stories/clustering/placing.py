"""Where each entry of a batch goes: as its original went, as editors said, or as the clusterer finds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from feeds.models import Entry
from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.clustering.item import Decision
from newsdesk.stories.clustering.window import item_of
from newsdesk.stories.constraints import read_bonds
from newsdesk.stories.embedding.embed import read_vectors
from newsdesk.stories.models import Coverage, Story

NOTHING_DECIDED: Mapping[int, str] = {}


def decide(
    batch: Sequence[Entry],
    clusterer: Clusterer,
    *,
    decided: Mapping[int, str] = NOTHING_DECIDED,
    used: Collection[str] = frozenset(),
    held: Mapping[int, str] = NOTHING_DECIDED,
    since: datetime | None = None,
    edited: Collection[int] = frozenset(),
) -> dict[int, Decision]:
    """Where each entry of a batch goes, by its number; a copy goes where its original went before it.
    When entries seen from `since` on are being clustered again, only the rows of earlier ones count; `decided` says in
    which story each of the others is so far, and `used` which stories there are of them, and `held` in which story
    each was: if an editor spoke of an entry, that is the one that it founds. A story without coverage is founded anew
    under its id by the entry that founded it. `edited` are entries whose stories an editor has revised. Four queries,
    whatever the number of entries.
    """
    kept = Coverage.objects.all() if since is None else Coverage.objects.filter(entry__seen_at__lt=since)
    bonds = read_bonds([entry.pk for entry in batch])
    wanted = bonds.partners() | {
        entry.fingerprint.original_id for entry in batch if entry.fingerprint.original_id is not None
    }
    story_of: dict[int, str] = dict(kept.filter(entry__in=wanted).values_list("entry", "story__public_id"))
    story_of |= {entry: decided[entry] for entry in wanted & decided.keys()}
    own = {entry.pk: story_public_id(entry.feed.url, entry.guid) for entry in batch}
    founding = own | {entry: name for entry, name in held.items() if bonds.concern(entry)}
    names = {*own.values(), *founding.values()}
    living = Story.objects.filter(Exists(kept.filter(story=OuterRef("pk"))), public_id__in=names)
    taken = {*living.values_list("public_id", flat=True), *(name for name in names if name in used)}
    vectors = read_vectors(entry.fingerprint.text_id for entry in batch)
    decisions: dict[int, Decision] = {}
    for entry in batch:
        founds = founding[entry.pk]
        if founds in taken:
            founds = story_public_id(entry.feed.url, entry.guid, taken)
        taken.add(founds)
        text = entry.fingerprint.text
        decision = clusterer.add(
            item_of(
                entry,
                text,
                founds=founds,
                is_bonded=bonds.concern(entry.pk) or entry.pk in edited,
                vector=vectors.get(text.pk, ()),
            ),
            follows=story_of.get(entry.fingerprint.original_id or entry.pk),
            bound=bonds.bound(entry.pk, story_of),
            barred=bonds.barred(entry.pk, story_of),
        )
        decisions[entry.pk] = decision
        story_of[entry.pk] = decision.story
        for repair in decision.repairs:
            story_of |= {report: repair.target for report in repair.keys if report in story_of}
    return decisions

"""Where each entry of a batch goes: as its original went, as editors said, or as the clusterer finds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from feeds.models import Entry
from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.clustering.item import Decision
from newsdesk.stories.clustering.rebuild import item_of
from newsdesk.stories.constraints import Bonds, read_bonds
from newsdesk.stories.embedding.embed import read_vectors
from newsdesk.stories.embedding.embedder import Values
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
    known = _read_known(batch, decided, used, held, since)
    decisions: dict[int, Decision] = {}
    for entry in batch:
        text, bonds = entry.fingerprint.text, known.bonds
        decision = clusterer.add(
            item_of(
                entry,
                text,
                founds=known.id_to_found(entry),
                is_bonded=bonds.concern(entry.pk) or entry.pk in edited,
                vector=known.vectors.get(text.pk, ()),
            ),
            follows=known.story_of.get(entry.fingerprint.original_id or entry.pk),
            bound=bonds.bound(entry.pk, known.story_of),
            barred=bonds.barred(entry.pk, known.story_of),
        )
        decisions[entry.pk] = decision
        known.take(entry.pk, decision)
    return decisions


@dataclass(slots=True)
class _Known:
    """What the rows say of a batch: editors' words, where its originals are, ids that are taken; kept up as it goes."""

    bonds: Bonds
    story_of: dict[int, str]
    founding: dict[int, str]
    taken: set[str]
    vectors: dict[str, Values]

    def id_to_found(self, entry: Entry) -> str:
        """The id of the story that the entry founds, should it found one; nobody else gets it."""
        founds = self.founding[entry.pk]
        if founds in self.taken:
            founds = story_public_id(entry.feed.url, entry.guid, self.taken)
        self.taken.add(founds)
        return founds

    def take(self, entry: int, decision: Decision) -> None:
        """Take up where an entry went, and what its coming moved."""
        self.story_of[entry] = decision.story
        for repair in decision.repairs:
            self.story_of |= {report: repair.target for report in repair.keys if report in self.story_of}


def _read_known(
    batch: Sequence[Entry],
    decided: Mapping[int, str],
    used: Collection[str],
    held: Mapping[int, str],
    since: datetime | None,
) -> _Known:
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
    return _Known(bonds, story_of, founding, taken, read_vectors(entry.fingerprint.text_id for entry in batch))

"""What editors said of which entries tell one story, as pairs that later clustering obeys.

After every edit of coverage each story it touched is fastened: its first entry, the anchor, must stand with each of its
other entries, and the anchors of two stories that an editor held apart must not stand together. So few pairs suffice,
because entries are clustered in the order seen: of two anchors the later one is kept out of the other's story, and
all other entries follow their anchor. A copy whose original is in the same story needs no pair, for it follows that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from newsdesk.journal.models import Change
from newsdesk.stories.models import Constraint, Coverage

Pair = tuple[int, int]
MUST, CANNOT = Constraint.Kind.MUST_LINK, Constraint.Kind.CANNOT_LINK


@dataclass(frozen=True, slots=True)
class Bonds:
    """The entries that each entry must stand with, and those it must not."""

    must: Mapping[int, Collection[int]] = field(default_factory=dict)
    cannot: Mapping[int, Collection[int]] = field(default_factory=dict)

    def partners(self) -> set[int]:
        """All entries that somebody is bound to or kept from."""
        return {entry for bonds in (self.must, self.cannot) for others in bonds.values() for entry in others}

    def concern(self, entry: int) -> bool:
        """Whether anything was said of the entry."""
        return entry in self.must or entry in self.cannot

    def bound(self, entry: int, story_of: Mapping[int, str]) -> str | None:
        """The story that the entry must go to, as far as its partners have stories; None where it is free."""
        kept_out = self.barred(entry, story_of)
        held = Counter(story_of[other] for other in self.must.get(entry, ()) if other in story_of)
        allowed = [(-count, story) for story, count in held.items() if story not in kept_out]
        return min(allowed)[1] if allowed else None

    def barred(self, entry: int, story_of: Mapping[int, str]) -> frozenset[str]:
        """The stories that the entry must not go to."""
        return frozenset(story_of[other] for other in self.cannot.get(entry, ()) if other in story_of)


def pair(one: int, other: int) -> Pair:
    """Two different entries, the lower id first."""
    return (one, other) if one < other else (other, one)


def needed_pairs(members: Mapping[int, Sequence[int]], stories: Iterable[int]) -> set[Pair]:
    """The pairs of entries that must stand together so that these stories stay whole: each with its story's anchor.

    `members` holds of every story the entries that have no original in it to follow, in the order seen.
    """
    return {pair(members[story][0], other) for story in stories for other in members.get(story, ())[1:]}


def parting_pairs(members: Mapping[int, Sequence[int]], apart: Iterable[Pair]) -> set[Pair]:
    """The pairs of anchors that must not stand together so that these pairs of stories stay apart."""
    return {
        pair(members[one][0], members[other][0])
        for one, other in apart
        if one != other and members.get(one) and members.get(other)
    }


def read_bonds(entries: Collection[int]) -> Bonds:
    """What editors said of these entries. One query."""
    must: dict[int, list[int]] = {}
    cannot: dict[int, list[int]] = {}
    for row in _touching(entries):
        bonds = must if row.kind == MUST else cannot
        bonds.setdefault(row.one_id, []).append(row.other_id)
        bonds.setdefault(row.other_id, []).append(row.one_id)
    return Bonds(must, cannot)


def held_apart(stories: Collection[int]) -> set[Pair]:
    """The pairs of stories (row ids), one of them among these, that an editor holds apart."""
    entries = list(Coverage.objects.filter(story__in=stories).values_list("entry", flat=True))
    rows = [row for row in _touching(entries) if row.kind == CANNOT]
    story_of = _stories_of(rows)
    told = [(story_of.get(row.one_id), story_of.get(row.other_id)) for row in rows]
    return {pair(one, other) for one, other in told if one is not None and other is not None and one != other}


def fasten(stories: Collection[int], apart: Iterable[Pair], *, change: Change, now: datetime) -> dict[str, list[int]]:
    """Make what stands written agree with the coverage of these stories (row ids) as it is now.

    `apart` are pairs of stories that are held apart, by this edit or before it. Returns the ids of the constraints
    `made`, and of those `withdrawn` because the coverage contradicts them.
    """
    members = _members(stories)
    entries = list(Coverage.objects.filter(story__in=stories).values_list("entry", flat=True))
    standing = list(_touching(entries))
    story_of = _stories_of(standing)
    gone: set[int] = set()
    parted = set(apart)
    for row in standing:
        one, other = story_of.get(row.one_id), story_of.get(row.other_id)
        if (one == other) != (row.kind == MUST):
            gone.add(row.pk)
        elif row.kind == CANNOT and one is not None and other is not None:
            parted.add(pair(one, other))
    members |= _members({story for two in parted for story in two} - set(stories))
    known = {(row.one_id, row.other_id) for row in standing if row.pk not in gone}
    Constraint.objects.filter(pk__in=gone).update(is_withdrawn=True)
    made = Constraint.objects.bulk_create(
        Constraint(kind=kind, one_id=one, other_id=other, change=change, made_at=now)
        for kind, pairs in ((MUST, needed_pairs(members, stories)), (CANNOT, parting_pairs(members, parted)))
        for one, other in sorted(pairs - known)
    )
    return {"made": [row.pk for row in made], "withdrawn": sorted(gone)}


def swap(made: Collection[int], withdrawn: Collection[int]) -> dict[str, list[int]]:
    """Take back what an edit said: withdraw what it made, let what it withdrew stand again where nothing speaks
    against it; the ids `made` to stand and `withdrawn`, as of an edit the other way round."""
    ended = list(Constraint.objects.filter(pk__in=made, is_withdrawn=False).values_list("pk", flat=True))
    Constraint.objects.filter(pk__in=ended).update(is_withdrawn=True)
    back = list(Constraint.objects.filter(pk__in=withdrawn, is_withdrawn=True))
    story_of = _stories_of(back)
    said = {
        (row.one_id, row.other_id) for row in _touching([end for row in back for end in (row.one_id, row.other_id)])
    }
    standing = [
        row.pk
        for row in back
        if (row.one_id, row.other_id) not in said
        and (story_of.get(row.one_id) == story_of.get(row.other_id)) == (row.kind == MUST)
    ]
    Constraint.objects.filter(pk__in=standing).update(is_withdrawn=False)
    return {"made": standing, "withdrawn": ended}


def _touching(entries: Collection[int]) -> QuerySet[Constraint]:
    return Constraint.objects.filter(Q(one__in=entries) | Q(other__in=entries), is_withdrawn=False)


def _stories_of(rows: Iterable[Constraint]) -> dict[int, int]:
    ends = {end for row in rows for end in (row.one_id, row.other_id)}
    return dict(Coverage.objects.filter(entry__in=ends).values_list("entry", "story"))


def _members(stories: Collection[int]) -> dict[int, list[int]]:
    """Story -> its entries in the order seen, without the copies whose original is in it too."""
    rows = Coverage.objects.filter(story__in=stories).order_by("entry__seen_at", "entry_id")
    members: dict[int, list[int]] = {}
    for entry, story, original in rows.values_list("entry", "story", "entry__fingerprint__original__coverage__story"):
        if original != story:
            members.setdefault(story, []).append(entry)
    return members

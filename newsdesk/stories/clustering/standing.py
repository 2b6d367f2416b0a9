"""Where entries stand while decisions are followed one by one, with the repairs that are part of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from newsdesk.stories.clustering.item import COPY, REPORT, Decision
from newsdesk.stories.clustering.merge_and_split import Repair


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's story, its role there, how probably it joined, and the entry that it copies."""

    story: str
    role: str
    similarity: float | None
    original: int | None


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair carried out, and all that it moved: where that stood `before` and stood `after`, in one order.

    `cause` is the entry whose coming brought it about. `bare_before` and `bare_after` tell which of the two stories
    nothing covered.
    """

    repair: Repair
    cause: int
    before: tuple[tuple[int, Place], ...]
    after: tuple[tuple[int, Place], ...]
    bare_before: tuple[str, ...]
    bare_after: tuple[str, ...]


@dataclass(slots=True)
class Standing:
    """The places of entries, by entry; of every story that a repair names all of them are needed."""

    places: dict[int, Place] = field(default_factory=dict)
    _members: dict[str, dict[int, None]] = field(default_factory=dict)

    def put(self, entry: int, place: Place) -> None:
        """Place an entry, or place it elsewhere."""
        if known := self.places.get(entry):
            del self._members[known.story][entry]
        self.places[entry] = place
        self._members.setdefault(place.story, {})[entry] = None

    def holds(self, story: str) -> bool:
        """Whether anything stands in the story."""
        return bool(self._members.get(story))

    def follow(self, decisions: Mapping[int, Decision], originals: Mapping[int, int | None]) -> list[Mended]:
        """Carry out decisions in their order, each with its repairs; `originals` are what the entries copy."""
        done: list[Mended] = []
        for entry, decision in decisions.items():
            # It came to where its own first repair found it, and stands where the last one left it.
            first = next((one.source for one in decision.repairs if entry in one.keys), decision.story)
            self.put(entry, Place(first, decision.role, decision.similarity, originals.get(entry)))
            done += [self._mend(repair, entry) for repair in decision.repairs]
        return done

    def _mend(self, repair: Repair, cause: int) -> Mended:
        before = [(entry, self.places[entry]) for entry in self._moving(repair)]
        bare_before = self._bare(repair)
        after = [(entry, _moved(entry, place, repair)) for entry, place in before]
        for entry, place in after:
            self.put(entry, place)
        return Mended(repair, cause, tuple(before), tuple(after), bare_before, self._bare(repair))

    def _moving(self, repair: Repair) -> Iterable[int]:
        """The reports that a repair names, each with its copies; of a story without a report left all that is in it."""
        there = self._members.get(repair.source, {})
        if repair.kind == "merge":
            return list(there)
        keys = set(repair.keys)
        return [
            entry
            for entry in there
            if entry in keys or (self.places[entry].role == COPY and self.places[entry].original in keys)
        ]

    def _bare(self, repair: Repair) -> tuple[str, ...]:
        return tuple(name for name in (repair.source, repair.target) if not self.holds(name))


def named_stories(decisions: Iterable[Decision]) -> set[str]:
    """The stories that repairs touch, by public id."""
    return {name for decision in decisions for one in decision.repairs for name in (one.source, one.target)}


def founders(decisions: Mapping[int, Decision]) -> dict[str, int]:
    """Each story that decisions and their repairs name, in that order, and the entry that founds it if it is new."""
    found: dict[str, int] = {}
    for entry, decision in decisions.items():
        for repair in decision.repairs:
            found.setdefault(repair.source, entry)
            found.setdefault(repair.target, entry if repair.kind == "merge" else repair.keys[0])
        found.setdefault(decision.story, entry)
    return found


def _moved(entry: int, place: Place, repair: Repair) -> Place:
    """A report that founded its old story joined the new one as probably as all of them; a split has a founder."""
    similarity = place.similarity
    if repair.kind == "merge" and place.role == REPORT and similarity is None:
        similarity = repair.probability
    elif repair.kind == "split" and entry == repair.keys[0]:
        similarity = None
    return replace(place, story=repair.target, similarity=similarity)

"""The order of a digest's page: one lead, the big stories, and those in short by theme. Pure.

A place is counted from 0 among the neighbours that an item can change places with: the lead stands alone, big stories
among themselves, a story in short among those of its theme, for that is how readers see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsdesk.digests.shape import Section


@dataclass(frozen=True, slots=True)
class Spot:
    """A story (its id) in a section of the page."""

    story: int
    section: Section
    theme: str

    @property
    def row(self) -> tuple[Section, str]:
        """What it stands in one row with: its section, in short also its theme."""
        return self.section, self.theme if self.section == Section.SHORT else ""


Page = tuple[Spot, ...]


def in_order(spots: Iterable[Spot]) -> Page:
    """The spots as a page: the first lead leads, further ones open the big stories; without one the first steps up."""
    found = list(spots)
    leads = [spot for spot in found if spot.section == Section.LEAD]
    rest = [replace(spot, section=Section.BIG) for spot in leads[1:]]
    rest += [spot for name in (Section.BIG, Section.SHORT) for spot in found if spot.section == name]
    if not leads and rest:
        leads = [replace(rest.pop(0), section=Section.LEAD)]
    themes = list(dict.fromkeys(spot.theme for spot in rest if spot.section == Section.SHORT))
    rest.sort(key=lambda spot: (1 + themes.index(spot.theme)) if spot.section == Section.SHORT else 0)
    return (*leads[:1], *rest)


def places(page: Sequence[Spot]) -> dict[int, int]:
    """The place of each story among its neighbours, by story."""
    rows: dict[tuple[Section, str], int] = {}
    found: dict[int, int] = {}
    for spot in page:
        found[spot.story] = rows.get(spot.row, 0)
        rows[spot.row] = found[spot.story] + 1
    return found


def put(page: Sequence[Spot], spot: Spot, place: int) -> Page:
    """The page with the spot at a place of its row, taken from where it stood before, if anywhere.

    A place beyond the end of the row is its end. Who led before opens the big stories.
    """
    others = [other for other in page if other.story != spot.story]
    row = [other for other in others if other.row == spot.row]
    if spot.section == Section.LEAD:
        before = 0
    elif place < len(row):
        before = others.index(row[max(place, 0)])
    else:
        before = others.index(row[-1]) + 1 if row else len(others)
    return in_order([*others[:before], spot, *others[before:]])


def without(page: Sequence[Spot], story: int) -> Page:
    """The page without a story."""
    return in_order(spot for spot in page if spot.story != story)

"""What an editor did to a digest, kept when it is built again. Pure.

Every item of the digest as it stood is given, marked or not. A rewritten item keeps its text, an added one stays, a
placed one keeps its section and its place there while the others flow around it, a dropped one stays out. Unmarked ones
are forgotten: the new build says where they stand, or that they do not. Building again from the same news changes
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsdesk.digests.building.page_order import Page, Spot, in_order
from newsdesk.digests.shape import Section


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it stood: `row` names it, `story` is what its story was merged into by now.

    `place` is that of `page_order.places`; that of a dropped item does not matter.
    """

    row: int
    story: int
    section: Section
    theme: str
    place: int = 0
    is_rewritten: bool = False
    is_placed: bool = False
    is_added: bool = False
    is_dropped: bool = False

    @property
    def is_marked(self) -> bool:
        """Whether an editor did anything to it."""
        return self.is_rewritten or self.is_placed or self.is_added or self.is_dropped


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The page in order, what is kept of each of its stories' items, and the items that stay out, by story."""

    page: Page
    kept: Mapping[int, Kept]
    dropped: Mapping[int, Kept]


def arrange(fresh: Sequence[Spot], before: Sequence[Kept], *, untold: Collection[int] = ()) -> Arrangement:
    """Merge a new build's page with the items as they stood, in page order.

    `untold` are stories that cannot be told any more (hidden, or without a report): they leave the page, and what an
    editor wrote about them is kept among the dropped.
    """
    kept = _unite(before)
    out = {story: one for story, one in kept.items() if one.is_marked and (one.is_dropped or story in untold)}
    stay = {story: one for story, one in kept.items() if one.is_marked and story not in out}
    flow = [spot for spot in fresh if not (spot.story in out or spot.story in untold or _is_placed(stay, spot.story))]
    known = {spot.story for spot in fresh}
    themes = {spot.story: spot.theme for spot in fresh}
    # Nobody placed these and no build chose them: they stand where they stood, after the others, and never lead for it.
    flow += [
        Spot(one.story, Section.BIG if one.section == Section.LEAD else one.section, one.theme)
        for one in stay.values()
        if not one.is_placed and one.story not in known
    ]
    placed = [replace(one, theme=themes.get(one.story, one.theme)) for one in stay.values() if one.is_placed]
    page = _around(_led(flow, placed), placed, _theme_order(fresh, before))
    on_page = {spot.story for spot in page}
    dropped = {story: replace(one, is_dropped=True) for story, one in out.items()}
    return Arrangement(page, {story: one for story, one in stay.items() if story in on_page}, dropped)


def _unite(before: Iterable[Kept]) -> dict[int, Kept]:
    """One item a story: what merged stories' items had in marks, the first rewritten one's text, the first's place.

    A story is dropped only if all of them are: who drops one of two and then merges them wants it told once.
    """
    groups: dict[int, list[Kept]] = {}
    for one in before:
        groups.setdefault(one.story, []).append(one)
    united: dict[int, Kept] = {}
    for story, group in groups.items():
        standing = [one for one in group if not one.is_dropped] or group
        text = next((one for one in standing if one.is_rewritten), standing[0])
        spot = next((one for one in standing if one.is_placed), standing[0])
        united[story] = replace(
            text,
            section=spot.section,
            theme=spot.theme,
            place=spot.place,
            is_placed=spot.is_placed,
            is_added=any(one.is_added for one in standing),
        )
    return united


def _is_placed(kept: Mapping[int, Kept], story: int) -> bool:
    return story in kept and kept[story].is_placed


def _led(flow: list[Spot], placed: Sequence[Kept]) -> list[Spot]:
    """The flowing stories with a lead among them, unless an editor placed one: then the other opens the big ones.

    A story in short leads only where there is no big one, not even one that an editor placed.
    """
    taken = {one.section for one in placed}
    if Section.LEAD in taken:
        return [replace(spot, section=Section.BIG) if spot.section == Section.LEAD else spot for spot in flow]
    ordered = sorted(flow, key=lambda spot: list(Section).index(spot.section))
    if ordered and not (ordered[0].section == Section.SHORT and Section.BIG in taken):
        ordered[0] = replace(ordered[0], section=Section.LEAD)
    return ordered


def _around(flow: Sequence[Spot], placed: Sequence[Kept], themes: Sequence[str]) -> Page:
    """The placed stories at their places, the flowing ones around them, in short by theme in the order given."""
    rows: dict[tuple[Section, str], list[Spot]] = {(Section.LEAD, ""): [], (Section.BIG, ""): []}
    rows.update({(Section.SHORT, theme): [] for theme in themes})
    for spot in flow:
        rows.setdefault(spot.row, []).append(spot)
    for one in sorted(placed, key=lambda one: one.place):
        spot = Spot(one.story, one.section, one.theme)
        row = rows.setdefault(spot.row, [])
        row.insert(min(one.place, len(row)), spot)
    return in_order(spot for row in rows.values() for spot in row)


def _theme_order(fresh: Sequence[Spot], before: Sequence[Kept]) -> list[str]:
    """Themes in short as the new build has them, then as they stood."""
    rows = [(spot.section, spot.theme) for spot in fresh] + [(one.section, one.theme) for one in before]
    return list(dict.fromkeys(theme for section, theme in rows if section == Section.SHORT))

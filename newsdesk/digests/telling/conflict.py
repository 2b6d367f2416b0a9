"""Where two owners give different figures for one quantity: the pair of sentences that shows it best. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from newsdesk.digests.prose.figures import disagreement, figures
from newsdesk.digests.prose.terms import is_latin
from newsdesk.digests.telling.passages import Passage, title_passage
from newsdesk.stories.read import EntryView

# A disputed figure that matters stands near the top of its report.
NEAR_THE_TOP = 4


def find_conflict(entries: Sequence[EntryView], found: Sequence[Passage]) -> tuple[Passage, Passage] | None:
    """Two passages of different owners whose figures contradict each other, in the entries' order, or None.

    Titles come before sentences: short and alike, they can be read side by side.
    """
    titles = [title_passage(e) for e in entries if is_latin(e.title) and any(figures(e.title))]
    bodies = [p for p in found if not (p.dangles or p.is_title) and p.order < NEAR_THE_TOP and any(figures(p.text))]
    candidates = [*titles, *bodies]
    pairs = [
        (left.is_title + right.is_title, left.score + right.score, -n, -m)
        for n, left in enumerate(candidates)
        for m, right in enumerate(candidates[n + 1 :], start=n + 1)
        if left.entry.owner != right.entry.owner and disagreement(left.text, right.text)
    ]
    if not pairs:
        return None
    _, _, n, m = max(pairs)
    place = {entry.id: position for position, entry in enumerate(entries)}
    left, right = sorted((candidates[-n], candidates[-m]), key=lambda p: place[p.entry.id])
    return left, right

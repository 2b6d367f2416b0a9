"""Late changes of mind about open stories, when evidence has grown. Touches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MERGE, SPLIT = "merge", "split"


@dataclass(frozen=True, slots=True)
class Repair:
    """A late change of mind: the reports with these keys go from one story to another, of which one may be new.

    `keys` are of the reports that move, in the order seen; copies follow their original. A merge moves all reports of
    `source`; of a split `target` is the id that the first of the moved entries founds. `probability` is that of a
    merge being right, or of a split's halves being one event after all, 0 to 1.
    """

    kind: Literal["merge", "split"]
    keys: tuple[int, ...]
    source: str
    target: str
    probability: float

"""What is placed, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsdesk.stories.clustering.merge_and_split import Repair

REPORT, COPY, ROUND_UP = "report", "copy", "round_up"


@dataclass(frozen=True, slots=True)
class Item:
    """A report to be placed; `key` orders items seen at one moment, `founds` names the story it would found.

    `publisher` is any name by which publishers are told apart, best the one with which they sign their titles.
    `is_bonded` says that an editor spoke of it: no repair touches the story that holds it.
    `vector` is the unit vector of its `meaning.embedded_text`; empty where there is none.
    """

    key: int
    founds: str
    seen_at: datetime
    title: str
    text: str
    publisher: str
    language: str = "en"
    is_bonded: bool = False
    vector: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A report's story and role; `similarity` is the probability with which it joined, None where it founded it.

    `repairs` are what its coming changed of what was placed before, in order; `story` is where it stands after them.
    """

    story: str
    role: str
    similarity: float | None
    repairs: tuple[Repair, ...] = ()

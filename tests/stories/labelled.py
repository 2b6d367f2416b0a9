"""The invented labelled items: three days of a made-up industry."""

from __future__ import annotations

from pathlib import Path

from feeds.recording import Record
from newsdesk.stories.evaluation.labelled import read_labelled

PATH = Path(__file__).parents[1] / "data" / "stories.jsonl"


def invented() -> list[Record]:
    return read_labelled(PATH)

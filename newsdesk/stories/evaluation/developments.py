"""Whether it is noticed that a told story has changed: labelled pairs of what was told and what is reported since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsdesk.stories.evaluation.labelled import BadLabelledFile
from newsdesk.stories.evaluation.measures import share, yes_no_figures
from newsdesk.stories.threads.developments import Change, find_development


@dataclass(frozen=True, slots=True)
class Told:
    """What was told, the titles reported since, and what they change: empty for a mere repeat.

    `words` is what the label must say, where that is laid down; `is_same` is false where another story has the titles.
    """

    id: str
    told: tuple[str, ...]
    titles: tuple[str, ...]
    change: str
    words: str
    is_same: bool


def read_told(path: Path) -> list[Told]:
    """The lines of a file of developments: {"id", "told": [texts], "titles": [texts], "change", "words"?, "another"?}.

    Raises:
        BadLabelledFile: The file cannot be read, or a line is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadLabelledFile(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    found = [_told(line, f"{path.name}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise BadLabelledFile(f"{path}: holds no records.")
    return found


def measure_developments(records: Sequence[Told]) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The changes found against `change`: whether there is one, whether it is the right one, what its label says."""
    found = [find_development(one.titles, one.told, is_same=one.is_same) for one in records]
    named = [one.change.value if one else "" for one in found]
    both = [(name, one) for name, one in zip(named, records, strict=True) if name and one.change]
    worded = [(one, record) for one, record in zip(found, records, strict=True) if record.words]
    figures = yes_no_figures([bool(name) for name in named], [bool(one.change) for one in records])
    predictions = [
        {"id": record.id, "change": name, "words": f"{one.label}: {one.words}" if one else ""}
        for record, name, one in zip(records, named, found, strict=True)
    ]
    return predictions, {
        **figures,
        "right_change": share(sum(name == one.change for name, one in both), len(both)),
        "right_words": share(sum(one is not None and one.words == record.words for one, record in worded), len(worded)),
    }


def _told(line: str, place: str) -> Told:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLabelledFile(f"{place}: this is not JSON.") from error
    if not isinstance(data, dict) or not all(_is_texts(data.get(name)) for name in ("told", "titles")):
        raise BadLabelledFile(f'{place}: "told" and "titles" must be lists of texts.')
    change = data.get("change", "")
    if change and change not in list(_changes()):
        raise BadLabelledFile(f'{place}: "change" must be empty or one of {", ".join(_changes())}.')
    told, titles = tuple(data["told"]), tuple(data["titles"])
    return Told(str(data.get("id", place)), told, titles, change, str(data.get("words", "")), not data.get("another"))


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _changes() -> Iterator[str]:
    return (change.value for change in Change)

"""Word lists kept in a file beside the code that reads them: a group a heading, an entry a line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path


class WordLists:
    """The groups of a TOML file, each a text of one entry a line: a word, a phrase or a regular expression of one.

    A space at the end of an entry is written `[ ]`, for an editor takes others away.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            tables: dict[str, str] = tomllib.load(file)
        self._groups = {name: tuple(lines.strip().split("\n")) for name, lines in tables.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def entries(self, group: str) -> tuple[str, ...]:
        """The entries of a group, in the file's order."""
        return self._groups[group]

    def any_of(self, group: str) -> str:
        """A regular expression for any entry of a group, to put anchors around: the first that fits is taken."""
        return f"(?:{'|'.join(self._groups[group])})"

    def words(self, group: str) -> frozenset[str]:
        """The words of a group of plain words, of which a line may hold several."""
        return frozenset(" ".join(self._groups[group]).split())

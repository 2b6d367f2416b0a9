"""Many readers of one page at once: one making of it serves all who asked before it began."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Made = TypeVar("Made")
# A request waits for a database for some seconds at most; this is only so that nobody ever waits for ever.
PATIENCE_S = 20.0


@dataclass
class _Turn(Generic[Made]):
    done: threading.Event = field(default_factory=threading.Event)
    made: Made | None = None


@dataclass
class _Place(Generic[Made]):
    """A page: the right to make it, and the turn that has not begun."""

    making: threading.Lock = field(default_factory=threading.Lock)
    coming: _Turn[Made] | None = None
    people: int = 0


class Turns(Generic[Made]):
    """Shares what is made under one name; nobody gets what was begun before they asked, so nobody gets old news."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, _Place[Made]] = {}

    def share(self, name: str, make: Callable[[], Made | None]) -> Made | None:
        """What `make` gives in this caller's turn, or in the one that it joins; None is shared with nobody."""
        with self._lock:
            place = self._places.setdefault(name, _Place())
            place.people += 1
            turn, is_mine = place.coming, place.coming is None
            if turn is None:
                turn = place.coming = _Turn()
        try:
            if is_mine:
                return self._take(place, turn, make)
            turn.done.wait(PATIENCE_S)
            return turn.made if turn.made is not None else make()
        finally:
            with self._lock:
                place.people -= 1
                if not place.people:
                    self._places.pop(name, None)

    def _take(self, place: _Place[Made], turn: _Turn[Made], make: Callable[[], Made | None]) -> Made | None:
        try:
            with place.making:
                with self._lock:
                    place.coming = None  # from here on it is under way: who asks now waits for the next
                turn.made = make()
        finally:
            turn.done.set()
        return turn.made

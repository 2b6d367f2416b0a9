"""Many readers of one page at once: one making of it serves all who asked before it began.

In a rush on a page (one that a thousand mails lead to) it also serves those who ask within the next second.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Made = TypeVar("Made")
# A request waits for a database for some seconds at most; this is only so that nobody ever waits for ever.
PATIENCE_S = 20.0
# Asked for so often within a second, a page may be a second old; making one takes about 20 ms of a processor.
RUSH_REQUESTS = 20
FRESH_S = 1.0
# Pages that nobody is waiting for are forgotten when there are more.
MAX_PLACES = 100


@dataclass
class _Turn(Generic[Made]):
    done: threading.Event = field(default_factory=threading.Event)
    made: Made | None = None


@dataclass
class _Place(Generic[Made]):
    """A page: the right to make it, the turn that has not begun, when it was asked for, and the last one made."""

    making: threading.Lock = field(default_factory=threading.Lock)
    coming: _Turn[Made] | None = None
    people: int = 0
    asked: deque[float] = field(default_factory=lambda: deque(maxlen=RUSH_REQUESTS))
    made: Made | None = None
    begun_at: float = 0.0

    def is_rush(self, now: float) -> bool:
        return len(self.asked) == RUSH_REQUESTS and now - self.asked[0] < FRESH_S


class Turns(Generic[Made]):
    """Shares what is made under one name; but in a rush nobody gets what was begun before they asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, _Place[Made]] = {}

    def share(self, name: str, make: Callable[[], Made | None]) -> Made | None:
        """What `make` gives in this caller's turn, or in the one that it joins; None is shared with nobody."""
        now = time.monotonic()
        with self._lock:
            place = self._places.setdefault(name, _Place())
            place.asked.append(now)
            if place.made is not None and place.is_rush(now) and now - place.begun_at < FRESH_S:
                return place.made
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
                self._forget_some()

    def _take(self, place: _Place[Made], turn: _Turn[Made], make: Callable[[], Made | None]) -> Made | None:
        try:
            with place.making:
                begun_at = time.monotonic()
                with self._lock:
                    place.coming = None  # from here on it is under way: who asks now waits for the next
                turn.made = make()
                with self._lock:
                    place.made, place.begun_at = turn.made, begun_at
        finally:
            turn.done.set()
        return turn.made

    def _forget_some(self) -> None:
        if len(self._places) > MAX_PLACES:
            self._places = {name: place for name, place in self._places.items() if place.people}

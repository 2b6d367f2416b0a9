"""The lines of the logbook, and what they say when they are read in order. Pure.

A line is `KIND TIME ABOUT WHO`: the time in UTC, what it is about, and whom, by the keyed hash of the address. Nothing
in it depends on the numbers of rows, so it holds for any state of the database. A line torn by a crash lacks its hash
or part of it and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

NOBODY = "-"
_LINE = re.compile(
    r"([a-z]{1,16}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) "
    r"([A-Za-z0-9_-]{1,99}(?:/\d{4}-\d\d-\d\d)?) ([0-9a-f]{64}|-)"
)
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Kind(StrEnum):
    """What a line says."""

    SENT = "sent"  # about to be handed to the mail server: from here on it counts as sent
    UNSENT = "unsent"  # the server certainly has not got it, and it may be tried again
    MAILED = "mailed"  # all of a digest's mails; to whom is no longer kept
    LEFT = "left"  # not to be mailed any more; about: why
    LIFTED = "lifted"  # may subscribe again
    JOINED = "joined"  # confirmed, perhaps anew


KINDS = frozenset(kind.value for kind in Kind)
UNSUBSCRIBED = "unsubscribed"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `about` is `EDITION/DATE` of a digest, `letter-KIND/DATE` of a letter, or why somebody left."""

    kind: Kind
    at: datetime
    about: str
    who: str = NOBODY

    def __str__(self) -> str:
        return f"{self.kind} {self.at.astimezone(UTC).strftime(_TIME)} {self.about} {self.who}\n"


def read_line(text: str) -> Line | None:
    """The line that a text without its line break holds; None where it is none, or was torn."""
    found = _LINE.fullmatch(text)
    if found is None or found[1] not in KINDS:
        return None
    try:
        at = datetime.fromisoformat(found[2])
    except ValueError:
        return None
    return Line(Kind(found[1]), at, found[3], found[4])


def about_digest(edition: str, day: date) -> str:
    """What a line about a digest calls it."""
    return f"{edition}/{day.isoformat()}"


def about_letter(kind: str, day: date) -> str:
    """What a line about a letter calls it."""
    return f"letter-{kind}/{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands by their lines: since when, why they are never to be mailed, and whether they were erased.

    With neither `suppression` nor `is_erased` nor `has_left` they may be mailed, if they have confirmed.
    """

    at: datetime
    has_left: bool = False
    is_erased: bool = False
    suppression: str = ""

    @property
    def is_gone(self) -> bool:
        return self.has_left or self.is_erased or bool(self.suppression)


@dataclass
class Known:
    """Everything that the lines read so far say."""

    sends: dict[str, dict[str, datetime]] = field(default_factory=dict)
    mailed: dict[str, datetime] = field(default_factory=dict)
    people: dict[str, Standing] = field(default_factory=dict)

    def take(self, lines: Iterable[Line]) -> None:
        """Read on."""
        for line in lines:
            match line.kind:
                case Kind.SENT:
                    self.sends.setdefault(line.about, {})[line.who] = line.at
                case Kind.UNSENT:
                    self.sends.get(line.about, {}).pop(line.who, None)
                case Kind.MAILED:
                    self.mailed[line.about] = line.at
                    self.sends.pop(line.about, None)
                case _:
                    self.people[line.who] = after(self.people.get(line.who), line)

    def sent_at(self, about: str, hashes: Iterable[str]) -> datetime | None:
        """When a mail went to somebody, known by any of these hashes; None if it did not."""
        sends = self.sends.get(about, {})
        return next((sends[who] for who in hashes if who in sends), self.mailed.get(about))

    def standing(self, hashes: Iterable[str]) -> Standing | None:
        """How somebody stands who is known by any of these hashes: by the latest line, if there is one."""
        found = [self.people[who] for who in hashes if who in self.people]
        return max(found, key=lambda standing: standing.at, default=None)


def after(before: Standing | None, line: Line) -> Standing:
    """How somebody stands after a line about them.

    The first reason for a suppression stays, as in the database; an erasure stands beside it.
    """
    before = before or Standing(line.at)
    match line.kind, line.about:
        case Kind.LEFT, "unsubscribed":
            return Standing(line.at, True, before.is_erased, before.suppression)
        case Kind.LEFT, "erased":
            return Standing(line.at, True, True, before.suppression)
        case Kind.LEFT, reason:
            return Standing(line.at, True, before.is_erased, before.suppression or reason)
        case Kind.LIFTED, _:
            return Standing(line.at, True)
    return Standing(line.at)

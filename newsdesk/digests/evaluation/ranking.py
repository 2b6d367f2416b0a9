"""A digest's ranking beside the ten events that an editor would put on top: the measures, pure."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP, FIRST, LEADING = 10, 8, 3
GOOD_GAIN = 0.5
Event = tuple[str, int]


class BadRankingFile(Exception):
    """A file of top events that cannot be measured with; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Day:
    """What an editor would print of a date, as sets of records (public ids of entries).

    `top` best first, `good` further events, `not_big` records that must not be told large. `continues` has for each top
    event the earlier one that it goes on from, as `date/rank`, or "".
    """

    date: str
    top: tuple[frozenset[str], ...]
    good: tuple[frozenset[str], ...]
    not_big: frozenset[str]
    continues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An item of a digest as measured: whether it is large, its records, and those that its sentences cite."""

    is_large: bool
    records: tuple[str, ...]
    cited: tuple[str, ...]


def read_days(path: Path) -> list[Day]:
    """The days of a file, one JSON object a line: `date`, `top` and `good` (events with `ids`), `not_big` (with `id`).

    Raises:
        BadRankingFile: it cannot be read, holds no day, or a line is no such object.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadRankingFile(f"{path}: cannot be read ({error}).") from error
    days = [_day(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not days:
        raise BadRankingFile(f"{path}: holds no day.")
    return sorted(days, key=lambda day: day.date)


def figures(days: Iterable[tuple[Day, Sequence[Told]]]) -> dict[str, float]:
    """The measures over the days, each with its digest's items in page order.

    `ndcg_at_10` is the mean over days of the normalised discounted cumulated gain (Järvelin and Kekäläinen 2002): the
    first telling of a top event gains 11 less its rank, of a good one a half.
    """
    total: Counter[str] = Counter()
    gains: list[float] = []
    earlier: dict[str, str] = {}
    for day, items in days:
        told = [_event_of(item, day, _threads(day, earlier)) for item in items]
        earlier |= {record: f"{day.date}/{rank}" for rank, ids in enumerate(day.top, start=1) for record in ids}
        places: dict[Event, list[int]] = {}
        for place, event in enumerate(told, start=1):
            if event is not None:
                places.setdefault(event, []).append(place)
        top = [places.get(("top", rank), []) for rank in range(1, len(day.top) + 1)]
        total["days"] += 1
        total["lead_in_first_three"] += bool(told and told[0] in {("top", rank) for rank in range(1, LEADING + 1)})
        total["told_in_first_eight"] += sum(bool(found) and found[0] <= FIRST for found in top)
        total["missing"] += sum(not found for found in top)
        total["told_twice"] += sum(len(found) > 1 for found in top)
        total["large_outside"] += sum(item.is_large and event is None for item, event in zip(items, told, strict=True))
        total["not_big_large"] += sum(_is_not_big(item, event, day) for item, event in zip(items, told, strict=True))
        gains.append(_ndcg(told))
    return {**total, "ndcg_at_10": math.fsum(gains) / max(len(gains), 1)}


def _threads(day: Day, earlier: Mapping[str, str]) -> dict[str, Event]:
    """The event of today to which each record of an event that it continues belongs as well."""
    follows: dict[str, Event] = {place: ("top", rank) for rank, place in enumerate(day.continues, start=1) if place}
    return {record: follows[place] for record, place in earlier.items() if place in follows}


def _event_of(item: Told, day: Day, threads: Mapping[str, Event]) -> Event | None:
    """The event that an item tells: that of most of its records, or, where it cites others only, of most of those."""
    owner: dict[str, Event] = {record: ("good", n) for n, ids in enumerate(day.good) for record in ids}
    owner |= {record: ("top", rank) for rank, ids in enumerate(day.top, start=1) for record in ids}
    held = Counter(owner[record] for record in dict.fromkeys(item.records) if record in owner)
    cited = Counter(
        event for record in item.cited if (event := owner.get(record) or threads.get(record)) in held and event
    )
    if not held:
        return None
    best = min(held, key=lambda event: (-held[event], -cited[event], event[0] != "top", event[1]))
    if not item.cited or cited[best]:
        return best
    return max(cited, key=lambda event: (cited[event], event[0] == "top", -event[1]), default=None)


def _is_not_big(item: Told, event: Event | None, day: Day) -> bool:
    records = item.records if event is None else item.cited
    return item.is_large and not day.not_big.isdisjoint(records)


def _ndcg(told: Sequence[Event | None]) -> float:
    seen: set[Event] = set()
    gained = 0.0
    for place, event in enumerate(told[:TOP]):
        if event is not None and event not in seen:
            seen.add(event)
            gained += (TOP + 1 - event[1] if event[0] == "top" else GOOD_GAIN) / math.log2(place + 2)
    return gained / math.fsum((TOP - place) / math.log2(place + 2) for place in range(TOP))


def _day(path: Path, number: int, line: str) -> Day:
    try:
        data: Mapping[str, Any] = json.loads(line)
        return Day(
            str(data["date"]),
            tuple(frozenset(event["ids"]) for event in data["top"]),
            tuple(frozenset(event["ids"]) for event in data["good"]),
            frozenset(one["id"] for one in data["not_big"]),
            tuple(str(event.get("continues", "")) for event in data["top"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadRankingFile(f"{path}: line {number} is no day of top events ({error}).") from error

"""The geometry of the small figures; templates draw them as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

FIGURE_WIDTH = 640
FIGURE_HEIGHT = 72
MAX_BINS = 64
MIN_BIN = timedelta(minutes=15)
SPARK_DAYS = 30
SPARK_WIDTH = 240
SPARK_HEIGHT = 36
GAP = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the units of its figure's viewBox; `is_faint` marks copies and round-ups."""

    x: float
    y: float
    width: float
    height: float
    is_faint: bool = False


@dataclass(frozen=True, slots=True)
class CoverageFigure:
    """How a story's coverage came in: bars of equal spans of time from `first` to `last`."""

    bars: tuple[Bar, ...]
    first: datetime
    last: datetime
    width: int = FIGURE_WIDTH
    height: int = FIGURE_HEIGHT


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A bar a day, the last one for `until`."""

    bars: tuple[Bar, ...]
    since: date
    until: date
    total: int
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def coverage_figure(moments: Sequence[tuple[datetime, bool]]) -> CoverageFigure | None:
    """Bars over time of (when, is original) pairs, originals below copies; None for fewer than two moments."""
    if len(moments) < 2:
        return None
    first, last = min(when for when, _ in moments), max(when for when, _ in moments)
    span = max((last - first) / (MAX_BINS - 1), MIN_BIN)
    counts: dict[int, list[int]] = {}
    for when, is_original in moments:
        counts.setdefault(int((when - first) / span), [0, 0])[0 if is_original else 1] += 1
    width = FIGURE_WIDTH / (max(counts) + 1)
    unit = FIGURE_HEIGHT / max(sum(pair) for pair in counts.values())
    bars = []
    for bin_number, (originals, copies) in sorted(counts.items()):
        x, bar_width = round(bin_number * width, 1), round(max(min(width, 24) - GAP, 1), 1)
        for count, base, is_faint in ((originals, 0, False), (copies, originals, True)):
            if count:
                y = FIGURE_HEIGHT - (base + count) * unit
                bars.append(Bar(x, round(y, 1), bar_width, round(count * unit, 1), is_faint))
    return CoverageFigure(tuple(bars), first, last)


def sparkline(per_day: Mapping[date, int], until: date) -> Sparkline:
    """Counts of the 30 days that end with `until`, scaled to the highest of them."""
    days = [until - timedelta(days=SPARK_DAYS - 1 - n) for n in range(SPARK_DAYS)]
    counts = [per_day.get(day, 0) for day in days]
    width, highest = SPARK_WIDTH / SPARK_DAYS, max(*counts, 1)
    bars = tuple(
        Bar(
            round(n * width, 1),
            round(SPARK_HEIGHT * (1 - count / highest), 1),
            round(width - GAP, 1),
            round(SPARK_HEIGHT * count / highest, 1),
        )
        for n, count in enumerate(counts)
        if count
    )
    return Sparkline(bars, days[0], until, sum(counts))

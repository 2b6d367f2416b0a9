"""Measure the digests that this desk has built of the dates of a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from newsdesk.digests.evaluation.ranking import BadRankingFile, Day, Told, figures, read_days
from newsdesk.digests.models import DigestItem, Edition
from newsdesk.digests.shape import Section


def measure_ranking(path: Path, edition: Edition) -> dict[str, float]:
    """The figures of the edition's digests beside the file's top events; `absent` dates have no digest.

    Raises:
        BadRankingFile: as `read_days`, or there is no digest of any date.
    """
    days = read_days(path)
    found = [(day, items) for day in days if (items := _items_of(day, edition))]
    if not found:
        raise BadRankingFile(f"{path}: there is no digest of any of its {len(days)} dates; build them first.")
    return {**figures(found), "absent": len(days) - len(found)}


def _items_of(day: Day, edition: Edition) -> list[Told]:
    rows = DigestItem.objects.filter(digest__edition=edition, digest__date=date.fromisoformat(day.date))
    items = rows.filter(is_dropped=False).order_by("position")
    return [
        Told(
            is_large=item.section in (Section.LEAD, Section.BIG),
            records=tuple(source["entry"] for source in item.sources),
            cited=tuple(receipt["entry"] for sentence in item.sentences for receipt in sentence["receipts"]),
        )
        for item in items
    ]

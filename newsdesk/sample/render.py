"""An item of the sample with its dates filled in, and what every document made from it needs."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from newsdesk.sample.dates import fill_dates
from newsdesk.sample.world import Item, Outlet

ROUNDING_S = 300  # times are written to a tenth of an hour; no newsroom publishes on the dot
CUT_WORDS = 45  # of an article in a feed that gives its beginning only


@dataclass(frozen=True)
class Rendered:
    """An item as its readers see it; `placed_at` orders undated ones, `first_at` is the true date of old news."""

    item: Item
    url: str
    title: str
    author: str
    summary: str
    paragraphs: tuple[str, ...]
    published_at: datetime | None
    placed_at: datetime
    first_at: datetime | None

    @property
    def outlet(self) -> Outlet:
        return self.item.outlet

    @property
    def link(self) -> str:
        """The address that the feed gives."""
        return self.item.link or self.url

    @property
    def body_html(self) -> str:
        """The article as the feed carries it: nothing is kept back, and a hostile entry's extras are not cleaned."""
        return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in self.paragraphs) + self.item.html_extra


def render(item: Item, base: datetime, root: str) -> Rendered:
    """Fill in an item's dates from `base` and its address below `root`, which ends without a slash."""
    placed_at = base + timedelta(hours=item.placed, seconds=zlib.crc32(item.slug.encode()) % ROUNDING_S)
    days = item.first_published_days
    paragraphs = tuple(fill_dates(text, base) for text in item.paragraphs)
    return Rendered(
        item=item,
        url=f"{root}/{item.outlet.slug}/{item.slug}",
        title=fill_dates(item.title, base),
        author=item.author,
        summary=_summary(item, fill_dates(item.summary or "", base), paragraphs),
        paragraphs=paragraphs,
        published_at=None if item.hours is None else placed_at,
        placed_at=placed_at,
        first_at=None if days is None else placed_at + timedelta(days=days),
    )


def _summary(item: Item, written: str, paragraphs: tuple[str, ...]) -> str:
    """What the feed says of an article, in plain text: the outlet's own words or the article's beginning."""
    if item.summary is None or written:
        return written
    if item.outlet.carries == "cut":
        return " ".join(" ".join(paragraphs).split()[:CUT_WORDS]) + " […]"
    return paragraphs[0]

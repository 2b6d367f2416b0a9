"""The invented world of the sample, read from the files in `data/`.

`data/outlets.toml` describes the outlets. Each file in `data/stories/` holds a block of headers, then one entry after
another, separated by lines of `===`. An entry has headers, a blank line, and the paragraphs of the article:

    outlet   slug in outlets.toml            at       hours before the newest cut-off, as -26.5; none: undated
    title    author   slug                   placed   where an undated entry stands in its feed, hours
    summary  the outlet's own; none: the feed gives none; left out: as the outlet's `carries` says
    copy_of  slug of the entry whose text this is, word for word; cut: only its first so many paragraphs
    kind     report (default), round_up, old or hostile
    first_published_days   on the page, the true age of old news, in days from the base
    link, html_extra, hidden   what a hostile entry brings with it
    story, thread, theme, relevant   the truth, which is never served; the file's own headers are the defaults

Text may hold {date:+12} and its kind: see `newsdesk.sample.dates`.
"""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
SEPARATOR = "==="
FEED_FILES = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


class BadSample(ValueError):
    """A file of the sample says something that cannot be."""


@dataclass(frozen=True)
class Outlet:
    """A fictional publisher and how its site is built."""

    slug: str
    name: str
    tagline: str
    owner_group: str
    kind: str
    standing: float
    paywall: bool
    language: str
    covers_only_ai: bool
    format: str
    carries: str
    page: str
    guid: str
    visible_paragraphs: int

    @property
    def feed_file(self) -> str:
        return FEED_FILES[self.format]

    @property
    def domain(self) -> str:
        return f"{self.slug}.example"


@dataclass(frozen=True)
class Item:
    """One entry as written, its dates not yet filled in. `hours` and `placed` count from the cut-off, backwards < 0."""

    outlet: Outlet
    slug: str
    hours: float | None
    placed: float
    title: str
    author: str
    summary: str | None
    paragraphs: tuple[str, ...]
    kind: str
    copy_of: str
    is_cut: bool
    first_published_days: int | None
    link: str
    html_extra: str
    hidden: str
    story: str
    thread: str
    theme: str
    relevant: bool

    @property
    def guid(self) -> str:
        """The publisher's id, in the outlet's style; it stays the same whatever the base and the port."""
        if self.outlet.guid == "tag":
            return f"tag:{self.outlet.domain},2019:{self.slug}"
        if self.outlet.guid == "number":
            return f"https://{self.outlet.domain}/?p={zlib.crc32(self.slug.encode()) % 900_000 + 100_000}"
        return f"{self.outlet.slug}/{self.slug}"


@dataclass(frozen=True)
class World:
    """The outlets by slug, and the items, newest first within an outlet."""

    outlets: dict[str, Outlet]
    items: tuple[Item, ...]

    def of(self, outlet: Outlet) -> list[Item]:
        return [item for item in self.items if item.outlet == outlet]


def _block(text: str, where: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers and the paragraphs of one block."""
    head, _, body = text.strip("\n").partition("\n\n")
    headers: dict[str, str] = {}
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if not colon or " " in name:
            raise BadSample(f"{where}: not a header: {line!r}")
        headers[name] = value.strip()
    return headers, tuple(" ".join(part.split()) for part in body.split("\n\n") if part.strip())


def _item(headers: dict[str, str], paragraphs: tuple[str, ...], outlets: dict[str, Outlet], where: str) -> Item:
    try:
        hours = None if headers["at"] == "none" else float(headers["at"])
        first_published_days = headers.get("first_published_days")
        summary = headers.get("summary", "")
        return Item(
            outlet=outlets[headers["outlet"]],
            slug=headers["slug"],
            hours=hours,
            placed=float(headers["placed"]) if hours is None else hours,
            title=headers["title"],
            author=headers.get("author", ""),
            summary=None if summary == "none" else summary,
            paragraphs=paragraphs,
            kind=headers.get("kind", "report"),
            copy_of=headers.get("copy_of", ""),
            is_cut="cut" in headers,
            first_published_days=int(first_published_days) if first_published_days else None,
            link=headers.get("link", ""),
            html_extra=headers.get("html_extra", ""),
            hidden=headers.get("hidden", ""),
            story=headers["story"],
            thread=headers.get("thread", ""),
            theme=headers.get("theme", ""),
            relevant=headers.get("relevant") == "yes",
        )
    except KeyError as error:
        raise BadSample(f"{where}: {headers.get('slug', 'an entry')}: no {error}") from error


def _read_file(path: Path, outlets: dict[str, Outlet]) -> list[Item]:
    head, *blocks = f"\n{path.read_text(encoding='utf-8')}".split(f"\n{SEPARATOR}\n")
    defaults, _ = _block(head, path.name)
    texts: dict[str, tuple[str, ...]] = {}
    items = []
    for block in blocks:
        own, paragraphs = _block(block, path.name)
        headers = defaults | own
        if original := headers.get("copy_of"):
            whole = texts[original]
            paragraphs = whole[: int(headers.get("cut", len(whole)))]
        texts[headers.get("slug", "")] = paragraphs
        items.append(_item(headers, paragraphs, outlets, path.name))
    return items


@cache
def read_world() -> World:
    """Read the sample's files.

    Raises:
        BadSample: a file lacks a header, or names something that is not there.
    """
    with (DATA / "outlets.toml").open("rb") as file:
        outlets = {slug: Outlet(slug=slug, **table) for slug, table in tomllib.load(file).items()}
    items = [item for path in sorted((DATA / "stories").glob("*.md")) for item in _read_file(path, outlets)]
    items.sort(key=lambda item: (-item.placed, item.slug))
    return World(outlets, tuple(items))

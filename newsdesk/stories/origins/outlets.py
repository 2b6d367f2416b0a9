"""Outlets by the names under which others cite them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feeds.catalogue.publishers import read_publishers
from feeds.models import Publisher

MIN_SITE_LETTERS = 5
OUTLETS = Path(__file__).with_name("outlets.toml")
_SITE = re.compile(r"^(?:www\.)?([\w-]+)\.(?:com|co\.uk|org|net|news|io|co|de|fr|in)$", re.IGNORECASE)
_CAPITALISED = re.compile(r"[A-Z0-9][\w.&+-]*(?:'[a-rt-z]\w*)?|\b(?:dpa|heise)\b|[\u4e00-\u9fff]{2,}")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet: its name for readers, and the owner under whom independence is counted."""

    name: str
    owner: str


def outlet_named(name: str) -> Outlet | None:
    """The outlet that goes by a name or a site ("nytimes.com"), None where none is known.

    >>> outlet_named("WSJ").name
    'The Wall Street Journal'
    """
    return _outlets().get(folded(name))


def folded(name: str) -> str:
    """A name of an outlet reduced to letters and digits, without an article and the end of a site."""
    if site := _SITE.match(name.strip()):
        name = site[1]
    name = _NOT_LETTERS.sub("", name.casefold())
    return name.removeprefix("the") if len(name) > len("the") + 1 else name


def is_same_outlet(outlet: Outlet, publisher: str, owner: str) -> bool:
    """Whether an outlet is a publisher by name or owner; "Crunchbase News" may be known by its site alone."""
    one, other = name_key(outlet.name), name_key(publisher)
    alike = min(len(one), len(other)) >= MIN_SITE_LETTERS and (one.startswith(other) or other.startswith(one))
    return outlet.owner == owner or one == other or alike


def spellings_of(name: str) -> tuple[str, ...]:
    """The names by which an outlet is cited, as written; of an unknown one its own alone."""
    outlet = outlet_named(name)
    names, _ = _listed()
    return tuple(dict.fromkeys((name, *((outlet.name, *names.get(outlet.name, ())) if outlet else ()))))


def name_key(name: str) -> str:
    """A name as names of publishers are compared: of a known outlet the one it is listed under."""
    outlet = outlet_named(name)
    return folded(outlet.name if outlet else name)


def is_written_as_name(name: str) -> bool:
    """Whether a name is spelt as one of the list: "Time", not "time"; "The Information", not "Information"."""
    return name in _spellings() or name.removeprefix("The ") in _spellings()


def may_name_outlet(text: str) -> bool:
    """Whether a text holds the first word of an outlet's name: a quick look before a thorough one."""
    return not _first_words().isdisjoint(word.rstrip(".") for word in _CAPITALISED.findall(text))


@cache
def _outlets() -> dict[str, Outlet]:
    names, owners = _listed()
    known: dict[str, Outlet] = {}
    for publisher in read_publishers():
        if publisher.kind != Publisher.Kind.PRIMARY:
            outlet = Outlet(publisher.name, publisher.owner_group or publisher.slug)
            for name in (publisher.name, *publisher.sites):
                known.setdefault(folded(name), outlet)
    for name, others in names.items():
        outlet = known.get(folded(name)) or Outlet(name, owners.get(name, folded(name)))
        for spelling in (name, *others):
            known.setdefault(folded(spelling), outlet)
    return known


@cache
def _spellings() -> frozenset[str]:
    names, _ = _listed()
    spelt = {publisher.name for publisher in read_publishers()}
    spelt |= {spelling for name, others in names.items() for spelling in (name, *others)}
    return frozenset(spelt | {name.removeprefix("The ") for name in spelt if name.count(" ") > 1})


@cache
def _first_words() -> frozenset[str]:
    return frozenset(spelling.removeprefix("The ").split()[0].rstrip(".") for spelling in _spellings())


@cache
def _listed() -> tuple[dict[str, list[str]], dict[str, str]]:
    with OUTLETS.open("rb") as file:
        tables = tomllib.load(file)
    names = {name: _parts(others) for name, others in tables["names"].items()}
    owners = {name: owner for owner, owned in tables["owners"].items() for name in _parts(owned)}
    return names, owners


def _parts(joined: str) -> list[str]:
    return [part for part in (part.strip() for part in joined.split("|")) if part]

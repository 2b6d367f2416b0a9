"""Whose site a report stands on: a party's own, a document's, an aggregator's, somebody's own pages. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from feeds.urls import host_of, site_of
from newsdesk.stories.entities.find import current_registry, find_entities
from newsdesk.stories.entities.registry import Registry
from newsdesk.stories.origins.outlets import folded, outlet_named

SITES = Path(__file__).with_name("sites.toml")
_ACTORS = frozenset({"company", "lab", "agency"})
# Ends of names under which those who are called so write themselves; a squatter takes another.
_USUAL_ENDS = frozenset({"com", "ai", "org", "dev", "io", "co", "net", "sh", "app", "cn", "jp", "eu", "uk", "de", "fr"})
_GOVERNMENT = re.compile(
    r"(?:^|\.)(?:gov|mil)(?:\.[a-z]{2})?$|(?:^|\.)gouv\.fr$|(?:^|\.)go\.(?:jp|kr)$|(?:^|\.)bund\.de$"
)
_UNIVERSITY = re.compile(r"\.edu(?:\.[a-z]{2})?$|\.ac\.[a-z]{2}$")
_PRESS_ROOM = re.compile(
    r"^(?:newsroom|press|pressroom|ir|investors?|investor-relations|media|mediaroom"
    r"|nvidianews)\."
)
_PERSONAL = re.compile(
    r"^blog\.|\.(?:github\.io|bearblog\.dev|substack\.com|wordpress\.com|blogspot\.com|dev|me|blog)$"
)
_ORGAN = re.compile(r" (?:(?:Engineering |Research |Official )?Blog|Newsroom|Press|on X|Engineering)$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_BYLINE = frozenset({"by", "from", "at", "|", "-", "–", "—"})
# Where the owner's name is the first part of the path.
_CODE_HOSTS = frozenset({"github.com", "huggingface.co", "gitlab.com"})
_POST_HOSTS = frozenset({"x.com", "twitter.com"})
# What such sites say themselves.
_NO_OWNERS = frozenset({"blog", "docs", "papers", "spaces", "datasets", "collections", "models", "features", "about"})
FEWEST_OWNER_LETTERS = 2
# What firms put behind or before their names in sites and handles.
_TRIMMINGS = re.compile(
    r"(?:blog|labs?|hq|inc|team|official|research|developers?|devs?|org|ai|s)$|^(?:get|try|use|hey)"
)


def party_of_site(url: str, title: str) -> str:
    """The name of the party whose own page an address is, of a company, court or paper; empty for all others.

    A site called like an actor at the beginning or as the author of the title is that actor's.

    >>> party_of_site("https://claude.com/blog/charts", "Claude now creates charts")
    'Anthropic'
    """
    host = host_of(url)
    site = site_of(host)
    if not host or is_aggregator(host):
        return ""
    for kind in ("parties", "documents", "releases"):
        if name := _listed(kind, host, site):
            return name
    if outlet_named(site):
        return ""
    if site in _CODE_HOSTS or site in _POST_HOSTS:
        return owner_of_path(url)
    if _listed("platforms", host, site):
        return ""
    if _GOVERNMENT.search(host) or _UNIVERSITY.search(host):
        return site
    label, _, end = site.partition(".")
    last = host.rpartition(".")[2]
    if last not in _USUAL_ENDS and (brand := _site_actor(last)):
        return brand
    if end.rpartition(".")[2] in _USUAL_ENDS and (actor := _site_actor(label) or _site_actor(site)):
        return actor
    return _named_in(title, label) or (label.title() if _PRESS_ROOM.search(host) else "")


def owner_of_path(url: str) -> str:
    """Whose repository, model or post an address on a site for many is, where that is known; empty elsewhere."""
    site = site_of(host_of(url))
    owner, _, rest = urlsplit(url).path.strip("/").partition("/")
    if len(owner) < FEWEST_OWNER_LETTERS or owner in _NO_OWNERS:
        return ""
    if site in _POST_HOSTS:
        return next(filter(None, map(_site_actor, (owner, *owner.split("_")))), "")
    return (_site_actor(owner) or (owner if rest else "")) if site in _CODE_HOSTS else ""


def is_aggregator(host: str) -> bool:
    """Whether a site only points at what others found out."""
    return bool(_listed("aggregators", host, site_of(host)))


def is_aggregators_name(name: str) -> bool:
    """Whether a publisher of this name is an aggregator."""
    return folded(name) in _aggregators()


def is_personal_site(url: str) -> bool:
    """Whether an address looks like somebody's own pages."""
    host = host_of(url)
    return bool(_PERSONAL.search(host)) and not party_of_site(url, "") and outlet_named(site_of(host)) is None


def is_own_page(url: str) -> bool:
    """Whether an address is no known outlet's and no platform's for many: somebody's own page."""
    host = host_of(url)
    site = site_of(host)
    return bool(host) and outlet_named(site) is None and not _listed("platforms", host, site)


def owner_of_page(url: str) -> str:
    """How the owner of a page is called by its site: `blog.kelp.dev` is Kelp's."""
    return site_of(host_of(url)).partition(".")[0].title()


def actor_named(name: str) -> str:
    """The party that goes by a name or handle, as the registry of entities prints it; empty for none."""
    actors, _ = _actors(current_registry())
    if name.startswith("@"):
        return next(filter(None, map(_site_actor, (name, *name.split("_")))), "")
    return actors.get(_NOT_LETTERS.sub("", name.casefold()), "")


def organ_of(name: str) -> str:
    """The party whose blog or newsroom goes by a name: "The Keyword" is Google's, "Kelp Blog" is Kelp's."""
    if party := _sites()["organs"].get(name):
        return party
    match = _ORGAN.search(name)
    return (actor_named(name[: match.start()]) or name[: match.start()]) if match else ""


def actors_in(text: str) -> tuple[str, ...]:
    """The parties that a text names, in its order; makers for what they make."""
    return tuple(dict.fromkeys(filter(None, (actor_named(hit.slug) for hit in find_entities(text)))))


def is_party(name: str) -> bool:
    """Whether an organisation that publishes is one that speaks for itself, and no outlet."""
    return name in _sites()["parties"].values()


def is_tester(party: str) -> bool:
    """Whether a party is known for measuring what others make."""
    return party in _sites()["testers"].values()


def _site_actor(label: str) -> str:
    """Whom a site or handle is called like; somebody's own name is no firm's site."""
    letters = _NOT_LETTERS.sub("", label.casefold())
    actors, people = _actors(current_registry())
    for form in (letters, _TRIMMINGS.sub("", letters, count=1)):
        if form in actors and form not in people:
            return actors[form]
    return ""


def _named_in(title: str, label: str) -> str:
    """The site's label as the title writes it, where it begins the title or ends it after "by", "from" or a bar."""
    words = title.split()
    wanted = _NOT_LETTERS.sub("", label)
    for size in (1, 2, 3):
        runs = [words[:size]]
        if len(words) > size and words[-size - 1].lower() in _BYLINE:
            runs.append(words[-size:])
        for run in runs:
            name = " ".join(run).rstrip(":,")
            if name[:1].isupper() and _NOT_LETTERS.sub("", name.casefold()) == wanted:
                return name
    return ""


def _listed(kind: str, host: str, site: str) -> str:
    sites = _sites()[kind]
    return sites.get(host) or sites.get(site) or ""


@cache
def _sites() -> Mapping[str, Mapping[str, str]]:
    with SITES.open("rb") as file:
        tables = tomllib.load(file)
    return {
        kind: {site.strip(): name for name, sites in table.items() for site in sites.split("|")}
        for kind, table in tables.items()
    }


@cache
def _aggregators() -> frozenset[str]:
    return frozenset(map(folded, _sites()["aggregators"].values()))


@lru_cache(maxsize=2)
def _actors(registry: Registry) -> tuple[Mapping[str, str], frozenset[str]]:
    """Whom the registry knows, by their names in letters and digits, and which of these are people's.

    A product is its maker's, a person stands for the firm.
    """
    actors: dict[str, str] = {}
    people = set()
    spellings = [(slug, slug) for slug in registry.entities]
    spellings += [("".join(name.words), name.slug) for names in registry.names.values() for name in names if name.slug]
    for spelling, slug in spellings:
        entity = registry.entities[slug]
        maker = registry.entities.get(entity.maker)
        owned = maker is not None and entity.kind not in _ACTORS
        letters = _NOT_LETTERS.sub("", spelling.casefold())
        actors.setdefault(letters, maker.name if maker and owned else entity.name)
        if entity.kind == "person":
            people.add(letters)
    return actors, frozenset(people)

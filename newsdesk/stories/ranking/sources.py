"""What kind of source an entry comes from: an outlet, a first-rank newsroom, a forum, a code host, a post. Pure."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from feeds.urls import host_of
from newsdesk.stories.origins.attribution import named_outlet
from newsdesk.stories.origins.outlets import outlet_named
from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("sources.toml"))
OUTLET, AGGREGATOR = "outlet", "aggregator"
# Sources where anybody puts anything: alone they make no large story, bring none back and bar none.
_ANYBODYS = ("forum", "code", "microblog", "paper", "video", "blog")
_MAKERS_OWN = "primary"


class Source(Protocol):
    """What the decision needs to know of an entry; `EntryView` is one."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def kind(self) -> str: ...


def source_class(url: str) -> str:
    """The kind of site an address is on: outlet, forum, code, microblog, paper, video, blog or aggregator.

    >>> source_class("https://old.reddit.com/r/kelp"), source_class("https://kelp.example/news")
    ('forum', 'outlet')
    """
    host = host_of(url)
    path = url.partition("://")[2].partition("/")[2].partition("/")[0]
    return _class_of(host.removeprefix("www."), path)


def is_anybodys(entry: Source) -> bool:
    """Whether an entry stands where anybody may write, or is one person's view; a newsroom's and a maker's are not."""
    return source_class(entry.url) in _ANYBODYS or entry.kind == "opinion"


def is_first_rank(entry: Source) -> bool:
    """Whether an entry is of a first-rank newsroom, or an aggregator's line that names one as its source."""
    is_listed = source_class(entry.url) == AGGREGATOR
    outlet = named_outlet(entry.title) if is_listed else outlet_named(entry.publisher)
    return outlet is not None and outlet.name in _first_rank()


@cache
def _first_rank() -> frozenset[str]:
    return frozenset(LISTS.entries("first_rank"))


@cache
def _sites() -> dict[str, str]:
    return {site: group for group in LISTS if group != "first_rank" for site in LISTS.entries(group)}


@lru_cache(maxsize=8_192)
def _class_of(host: str, path: str) -> str:
    sites = _sites()
    labels = host.split(".")
    for place in range(len(labels) - 1):
        site = ".".join(labels[place:])
        group = sites.get(f"{site}/{path}") or sites.get(site)
        if group:
            return OUTLET if group == "own_pages" else group
    return OUTLET

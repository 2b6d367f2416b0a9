"""Publishers: the defaults that come with Newsdesk, and the publisher to whom an address belongs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from feeds.models import Feed, Publisher
from feeds.urls import host_of, site_of

DEFAULTS = Path(__file__).with_name("publishers.toml")
MAX_SLUG_CHARACTERS = 80
MAX_NAME_CHARACTERS = 200


class BadPublisher(ValueError):
    """A publisher in the file that cannot be used; the message names it."""


@dataclass(frozen=True)
class DefaultFeed:
    """A feed as `publishers.toml` names it."""

    url: str
    covers_only_ai: bool = False


@dataclass(frozen=True)
class DefaultPublisher:
    """A publisher as `publishers.toml` describes it; `sites` are the domains that are its own."""

    slug: str
    name: str
    homepage: str
    feeds: tuple[DefaultFeed, ...]
    sites: tuple[str, ...] = ()
    owner_group: str = ""
    kind: str = Publisher.Kind.REPORT
    standing: float = 0.5
    has_paywall: bool = False
    language: str = "en"
    note: str = ""


@dataclass(frozen=True)
class Loaded:
    """How many publishers and feeds were added."""

    publishers: int
    feeds: int


def read_publishers(path: Path = DEFAULTS) -> tuple[DefaultPublisher, ...]:
    """The publishers in a TOML file.

    Raises: BadPublisher for one that lacks a field, has an unknown one, or repeats a slug, a site or a feed's URL.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("publisher", [])
    except tomllib.TOMLDecodeError as error:
        raise BadPublisher(f"{path.name}: {error}") from error
    publishers = tuple(_read_publisher(table) for table in tables)
    for what, values in (
        ("slug", [publisher.slug for publisher in publishers]),
        ("site", [site for publisher in publishers for site in publisher.sites]),
        ("feed", [feed.url for publisher in publishers for feed in publisher.feeds]),
    ):
        for value in values:
            if values.count(value) > 1:
                raise BadPublisher(f"{path.name}: the {what} {value} stands there twice.")
    return publishers


def load_publishers(*, now: datetime) -> Loaded:
    """Add the default publishers and feeds that are missing; whatever exists stays as an editor left it."""
    publishers = feeds = 0
    with transaction.atomic():
        for default in read_publishers():
            publisher, is_new = _add_publisher(default)
            publishers += is_new
            for feed in default.feeds:
                if f"moved from {feed.url} to" in publisher.note:
                    continue
                _, is_new = Feed.objects.get_or_create(
                    url=feed.url,
                    defaults={"publisher": publisher, "covers_only_ai": feed.covers_only_ai, "next_poll_at": now},
                )
                feeds += is_new
    return Loaded(publishers, feeds)


def publisher_of(site: str, name: str = "") -> Publisher:
    """The publisher to whom a site belongs: a default one, or one made under the site's name.

    `site` is a registered name as `feeds.urls.site_of` gives it, or any text that tells sources apart.
    """
    if default := _defaults_by_site().get(site):
        return _add_publisher(default)[0]
    homepage = f"https://{site}/" if "." in site else ""
    name = (name or site)[:MAX_NAME_CHARACTERS]
    return Publisher.objects.get_or_create(slug=slug_of(site), defaults={"name": name, "homepage": homepage})[0]


def default_publisher(site: str) -> DefaultPublisher | None:
    """The default publisher to whom a site belongs, None for all others."""
    return _defaults_by_site().get(site)


def slug_of(site: str) -> str:
    """The slug of the publisher to whom a site belongs; see `publisher_of`."""
    if default := _defaults_by_site().get(site):
        return default.slug
    return slugify(site.replace(".", "-"))[:MAX_SLUG_CHARACTERS] or "unnamed"


@lru_cache(maxsize=1)
def _defaults_by_site() -> dict[str, DefaultPublisher]:
    return {site: publisher for publisher in read_publishers() for site in publisher.sites}


def _add_publisher(default: DefaultPublisher) -> tuple[Publisher, bool]:
    fields = ("name", "homepage", "owner_group", "kind", "standing", "has_paywall", "language", "note")
    return Publisher.objects.get_or_create(
        slug=default.slug, defaults={field: getattr(default, field) for field in fields}
    )


def _read_publisher(table: dict[str, Any]) -> DefaultPublisher:
    label = table.get("slug", "a publisher without slug")
    try:
        feeds = tuple(DefaultFeed(**feed) for feed in table.pop("feeds"))
        sites = tuple(table.pop("sites", ())) or (site_of(host_of(table["homepage"])),)
        publisher = DefaultPublisher(feeds=feeds, sites=sites, **table)
    except (KeyError, TypeError) as error:
        raise BadPublisher(f"{label}: a field is missing or unknown ({error}).") from error
    if publisher.kind not in Publisher.Kind.values or not 0 <= publisher.standing <= 1:
        raise BadPublisher(f"{label}: kind must be one of {', '.join(Publisher.Kind.values)}, standing 0 to 1.")
    return publisher

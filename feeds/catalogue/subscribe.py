"""Adding a feed: find it at an address, check that it can be read, and keep it with its publisher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bs4 import BeautifulSoup, Tag
from django.db import transaction

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from feeds.catalogue.publishers import publisher_of
from feeds.models import Feed, Publisher
from feeds.parsing.parse import NotAFeed, ParsedFeed, parse
from feeds.scrub import scrub
from feeds.urls import host_of, http_url, site_of
from feeds.web.ask import FetchFailed, Response, ask_for_feed

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"})
# What a page says about itself stands near its start; the rest need not be read for it.
MAX_HEAD_BYTES = 500_000
MAX_OFFERS = 10


class CannotAdd(Exception):
    """An address that cannot become a feed; the message is one sentence for a person."""


@dataclass(frozen=True)
class Found:
    """A feed that was read at `url`; `page_url` is the web page that named it, if one did."""

    url: str
    parsed: ParsedFeed
    page_url: str = ""


def find_feed(url: str) -> Found:
    """Read the feed at an address, or the first readable one that the web page there names.

    Raises: CannotAdd.
    """
    address = http_url(url)
    if not address:
        raise CannotAdd(f"{url[:200]} is not an http or https address.")
    response = _get(address)
    try:
        return Found(address_to_keep(address, response), parsed(response))
    except (NotAFeed, CutOff) as error:
        reason = str(error)
    offers = offers_on(response)
    for offer in offers:
        try:
            answer = _get(offer)
            return Found(address_to_keep(offer, answer), parsed(answer), address)
        except (NotAFeed, CannotAdd, CutOff):
            continue
    if offers:
        raise CannotAdd(f"{address} is a web page; the feed it names, {offers[0]}, cannot be read.")
    raise CannotAdd(f"{address} is not a feed: {reason}")


def parsed(response: Response) -> ParsedFeed:
    """The feed that a response holds. Raises: NotAFeed; CutOff, where it cannot be read in time."""
    return bounded(parse, response.body, dict(response.headers), response.url)


def offers_on(response: Response) -> list[str]:
    """The feeds that a page offers; none where it cannot be read in time."""
    try:
        return bounded(offered_feeds, response.body, response.url)
    except CutOff:
        return []


def offered_feeds(page: bytes, url: str) -> list[str]:
    """The addresses in a page's `<link rel="alternate">` of a feed's type, in order."""
    soup = BeautifulSoup(page[:MAX_HEAD_BYTES], "lxml")
    links = [
        http_url(str(link.get("href") or ""), url)
        for link in soup.find_all("link", rel="alternate", limit=100)
        if isinstance(link, Tag) and str(link.get("type") or "").lower().strip() in FEED_TYPES
    ]
    return list(dict.fromkeys(link for link in links if link))[:MAX_OFFERS]


def add_feed(url: str, *, now: datetime, title: str = "", site_url: str = "", language: str = "") -> tuple[Feed, bool]:
    """Keep a feed, due at once, under the publisher of its site; False if it was there already."""
    host = host_of(site_url) or host_of(url)
    with transaction.atomic():
        if existing := Feed.objects.filter(url=url).select_related("publisher").first():
            return existing, False
        feed = Feed.objects.create(
            url=url,
            title=title,
            language=language,
            publisher=publisher_of(site_of(host), _publisher_name(title) or host),
            next_poll_at=now,
        )
    return feed, True


def _publisher_name(title: str) -> str:
    """The feed's title without what follows a dash or a bar: "The Times - Technology" is a feed of The Times."""
    name = title
    for mark in (" | ", " – ", " — ", " - ", " » ", ": "):
        name = name.partition(mark)[0]
    return scrub(name, Publisher._meta.get_field("name").max_length or 0)


def _get(url: str) -> Response:
    try:
        return ask_for_feed(url)
    except FetchFailed as error:
        raise CannotAdd(f"{url} cannot be read: {error.message}") from error


def address_to_keep(asked: str, response: Response) -> str:
    """The address under which a feed is kept: where a permanent redirect led, else the address that was asked for."""
    is_permanent = response.redirects and all(hop.status in (301, 308) for hop in response.redirects)
    return http_url(response.url) if is_permanent else asked

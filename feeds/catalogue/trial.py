"""Trying an address before a feed is kept: what it holds, or why it is no feed, and which feeds its page offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.bounded.run import CutOff
from feeds.catalogue.subscribe import address_to_keep, offers_on, parsed
from feeds.dates import EARLIEST
from feeds.parsing.parse import NotAFeed
from feeds.urls import http_url
from feeds.web.ask import FetchFailed, ask_for_feed

# Somebody waits for the page; a feed that needs longer may still be kept as one that does not answer.
TRIAL_DEADLINE_S = 15.0
SHOWN_ENTRIES = 5
# Addresses that are refused whatever their server would say.
REFUSED_CODES = frozenset({"bad_url", "blocked_address", "bad_redirect"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a trial shows it."""

    title: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address gave: a feed if `reason` is empty; `url` is the one to keep, `offers` are feeds its page names.

    `is_silent` says that it did not answer, which its server may do to programs alone. `fault` says what is odd about
    a feed that can be read all the same.
    """

    url: str
    reason: str = ""
    is_silent: bool = False
    offers: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    entries: int = 0
    newest: tuple[Shown, ...] = ()
    fault: str = ""

    @property
    def is_feed(self) -> bool:
        return not self.reason


def try_feed(url: str) -> Trial:
    """Fetch an address once, through the guard and within 15 s, and read what comes; touches no database."""
    address = http_url(url)
    if not address:
        return Trial(url, reason="That is not an http or https address.")
    try:
        response = ask_for_feed(address, deadline_s=TRIAL_DEADLINE_S)
    except FetchFailed as error:
        return Trial(address, reason=error.message, is_silent=error.code not in REFUSED_CODES)
    try:
        feed = parsed(response)
    except CutOff as error:
        return Trial(address, reason=f"The document could not be read. {error}")
    except NotAFeed as error:
        return Trial(address, reason=str(error), offers=tuple(offers_on(response)))
    newest = sorted(feed.entries, key=lambda entry: entry.published_at or EARLIEST, reverse=True)[:SHOWN_ENTRIES]
    return Trial(
        url=address_to_keep(address, response),
        title=feed.title,
        language=feed.language,
        entries=len(feed.entries),
        newest=tuple(Shown(entry.title, entry.published_at) for entry in newest),
        fault=feed.problem,
    )

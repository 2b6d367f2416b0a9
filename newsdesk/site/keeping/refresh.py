"""Keep what is published without waiting for readers, and keep nothing that an editor has changed since.

Done by the web process in a thread of its own, for its files are what readers are served from.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import resolve, reverse

from feeds.files import write_whole
from newsdesk.databases.waiting import is_outage
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.journal.models import Change
from newsdesk.site.keeping.pages import DIGESTS, FRONTS, drop, folder, keep, kept_paths, kind_of, page_of, prune
from newsdesk.site.shelf import shelved

# Digests whose pages are kept though nobody has asked for them yet.
NEWEST_DIGESTS = 7
# What no act in the journal tells of, as the next cut-off on the front page, is kept afresh after so many rounds.
ROUNDS_TO_REFRESH = 40
STATE_NAME = "state"
logger = logging.getLogger(__name__)


@dataclass
class Shelf:
    """The kept pages and how many rounds ago they were made anew."""

    rounds: int = ROUNDS_TO_REFRESH

    def tend(self) -> None:
        """One round: two queries, and where anything was done at the desk or published, every page anew."""
        state, before = _state(), _state_before()
        self.rounds += 1
        if state == before and self.rounds < ROUNDS_TO_REFRESH:
            return
        self.rounds = 0
        newest = dict.fromkeys(_newest_paths())
        for path in newest:
            _keep_anew(path)
        for path in list(kept_paths()):
            if path in newest:
                continue
            if kind_of(path) in DIGESTS | FRONTS:
                _keep_anew(path)
            elif state != before:  # a story may be hidden, merged or told otherwise; readers bring it back
                drop(path)
        prune()
        with contextlib.suppress(OSError):
            write_whole(folder() / STATE_NAME, state)


def _state() -> str:
    """What the pages rest on: the newest act at the desk and the digest published last."""
    change = Change.objects.order_by("-id").values_list("id", flat=True).first()
    digest = shelved().order_by("-published_at").values_list("id", "published_at").first()
    return f"{change} {digest}"


def _state_before() -> str:
    try:
        return (folder() / STATE_NAME).read_text(encoding="utf-8")
    except OSError:
        return ""


def _newest_paths() -> list[str]:
    names = ["site:front", "site:archive", "site:feed", *([] if settings.SAMPLE else ["site:weekly"])]
    paths = [reverse(name) for name in names]
    for day, edition in shelved().values_list("date", "edition__slug")[:NEWEST_DIGESTS]:
        prefix = "weekly-" if edition == WEEKLY_EDITION else ""
        names = ["weekly-digest" if prefix else "digest", f"{prefix}json", f"{prefix}text"]
        arguments = {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}
        paths += [reverse(f"site:{name}", kwargs=arguments) for name in names]
    return paths


def _keep_anew(path: str) -> None:
    """Make a page by its view, as for a reader, and keep it in the place of what was kept."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.resolver_match = match = resolve(path)
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except Http404:
        drop(path)
        return
    except Exception as error:
        if is_outage(error):
            raise
        logger.exception("%s cannot be made; what is kept of it stays.", path)  # and the others are kept all the same
        return
    page = page_of(path, response)
    if page is None:
        drop(path)
        return
    with contextlib.suppress(OSError):  # a full disk: what is kept stays
        keep(page)

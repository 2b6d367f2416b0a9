"""What becomes of a request while the database is away, hung, locked or full.

No request waits longer for it than its budget. A reader gets the page that was kept; everybody else is told to come
back in a moment. Nobody sees a fault of ours, and the log has a line a minute, not a traceback a request.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.urls import reverse
from django.views.defaults import server_error

from newsdesk.databases.waiting import is_outage, waiting_at_most
from newsdesk.site.keeping.pages import KeptPage, drop, is_kept, keep, page_of, path_to_keep, read_kept
from newsdesk.site.keeping.turns import Turns

# Seconds that a request may wait for databases in all: a reader whose page is kept; whoever else, and every post;
# a page of the desk, whose lists may be long.
KEPT_S, OTHERS_S, DESK_S = 1.5, 3.0, 10.0
RETRY_AFTER_S = 10
SAY_EVERY_S = 60.0
# What a page answers that readers may not see any more; a 400 is about the one who asks.
GONE = frozenset({301, 302, 404, 410})
logger = logging.getLogger(__name__)
_said_at = -SAY_EVERY_S


class KeptPages:
    """Keeps readers' pages as they are made, and serves them while they cannot be made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._turns: Turns[KeptPage] = Turns()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = path_to_keep(request)
        if not path or request.method != "GET" or request.COOKIES:
            return self._make(request, path)
        own: list[HttpResponseBase] = []

        def make() -> KeptPage | None:
            own.append(self._make(request, path))
            return page_of(path, own[-1])

        page = self._turns.share(path, make)
        return page.response() if page is not None and not own else own[-1]

    def _make(self, request: HttpRequest, path: str) -> HttpResponseBase:
        is_kept_already = bool(path) and is_kept(path)
        with waiting_at_most(KEPT_S if is_kept_already else _budget_s(request), tries=not is_kept_already):
            response = self.get_response(request)
        if path and isinstance(response, HttpResponse) and not hasattr(response, "is_of_outage"):
            page = page_of(path, response)
            with contextlib.suppress(OSError):  # a full disk: what is kept stays as it is
                if request.method == "GET" and page is not None:
                    keep(page)
                elif response.status_code in GONE:
                    drop(path)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a request whose view met an outage; None for any other error."""
        return answer_outage(request, error) if is_outage(error) else None


def fault(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: an outage is answered as such wherever it was met, in a view or on the way to it."""
    error = sys.exc_info()[1]
    if error is not None and is_outage(error):
        return answer_outage(request, error)
    return server_error(request)


def answer_outage(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The kept page, or a request to come back (503)."""
    path = path_to_keep(request)
    page = read_kept(path) if path else None
    _say(error)
    if page is not None:
        response = page.response()
    else:
        response = HttpResponse(get_template("503.html").render(), status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        response.headers["Cache-Control"] = "no-store"
    response.is_of_outage = True  # type: ignore[attr-defined]
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would, with a traceback each
    return response


def _budget_s(request: HttpRequest) -> float:
    is_desk = request.path_info.startswith(reverse("admin:index"))
    return DESK_S if is_desk and request.method in ("GET", "HEAD") else OTHERS_S


def _say(error: BaseException) -> None:
    global _said_at
    now = time.monotonic()
    if now - _said_at >= SAY_EVERY_S:
        _said_at = now
        words = " ".join(str(error).split())
        logger.error("The database cannot be used (%s); readers get kept pages, others a 503.", words)

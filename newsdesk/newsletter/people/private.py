"""Pages that are opened by a signed link: for their owner alone, and for nobody's cache, index or log."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from newsdesk.access.same_origin import SAFE_METHODS, is_same_origin

View = Callable[[HttpRequest, str], HttpResponse]
HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def private_page(view: View) -> View:
    """Keep the page out of caches, indexes and referrers; its posts need no cookie, for the token stands for one."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return guarded


def own_posts(view: View) -> View:
    """Refuse (403) a post that a browser says comes from another site.

    Unlike on a page without a token, one that tells nothing is let through: these pages ask for no referrer, for which
    a browser without Sec-Fetch-Site sends `Origin: null`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        tells = "Sec-Fetch-Site" in request.headers or request.headers.get("Origin", "null") != "null"
        if request.method not in SAFE_METHODS and tells and not is_same_origin(request):
            return HttpResponse("This form was not sent from our own page.", status=403, content_type="text/plain")
        return view(request, token)

    return guarded

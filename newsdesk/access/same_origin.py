"""Posts from our own pages only, without a cookie: for public forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def same_origin_posts(view: View) -> View:
    """Refuse (403) a post that a browser says comes from another site; Django's cookie token is not asked for.

    A browser tells by Sec-Fetch-Site, older ones by Origin or Referer; one that tells nothing at all is refused.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in SAFE_METHODS and not is_same_origin(request):
            return HttpResponse("This form was not sent from our own page.", status=403, content_type="text/plain")
        return view(request, *args, **kwargs)

    return guarded


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that the request comes from a page of this site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    told = urlsplit(source)
    own = urlsplit(settings.SITE_URL)
    return bool(told.netloc) and (
        (told.scheme, told.netloc) == (own.scheme, own.netloc) or told.netloc == request.get_host()
    )

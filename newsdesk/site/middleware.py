"""What every answer to a reader carries: a policy that forbids scripts and strangers, and validators for caches."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import parse_http_date_safe

READER_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# The admin brings its own scripts and fonts; they too come from here alone.
ADMIN_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Short, because `/` changes when a digest is published; a revalidation costs a 304.
MAX_AGE_S = 60


class ReaderHeaders:
    """Sets Content-Security-Policy; on readers' pages also Cache-Control and ETag, and answers 304 where it holds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(reverse("admin:index")):
            response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY)
            return response
        if isinstance(response, HttpResponse) and response.status_code == 200 and request.method in ("GET", "HEAD"):
            response = _conditional(request, response)
        response.headers.setdefault("Content-Security-Policy", READER_POLICY)
        return response


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, max_age=MAX_AGE_S)
    set_response_etag(response)
    modified = response.headers.get("Last-Modified")
    answer = get_conditional_response(
        request,
        etag=response.headers["ETag"],
        last_modified=parse_http_date_safe(modified) if modified else None,
        response=response,
    )
    return answer or response

"""What machines ask: does the process live, can it serve, and how is the desk doing, in JSON and in figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from newsdesk.health.access import may_know
from newsdesk.health.examine import examine
from newsdesk.health.metrics import as_metrics


@require_safe
def live(_: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked, for starting it again would mend nothing else."""
    return _uncached(JsonResponse({"status": "ok"}))


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether pages can be made (200, else 503), and the worst state of all; to those who may know, each component."""
    report = examine(timezone.now())
    content: dict[str, object] = {"status": report.state.name.lower(), "serves": report.can_serve}
    if may_know(request):
        content["components"] = {
            one.name: {"status": one.state.name.lower(), "words": one.words} for one in report.components
        }
    return _uncached(JsonResponse(content, status=200 if report.can_serve else 503))


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for those who may know."""
    if not may_know(request):
        raise Http404("There are no figures for strangers.")
    return _uncached(HttpResponse(as_metrics(examine(timezone.now())), content_type=CONTENT_TYPE_LATEST))


def _uncached(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response

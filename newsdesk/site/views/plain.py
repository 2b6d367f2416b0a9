"""Pages that say how the desk works, and what machines ask for first."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

# Opened by signed links; a robot that found one has no business there.
SUBSCRIBERS_PAGES = ("confirm", "preferences", "unsubscribe", "webhooks")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How a digest is made."""
    context = {
        "model": settings.OPENAI_MODEL if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL else "",
        "hour": f"{settings.DIGEST_HOUR:02d}:00",
        "zone": settings.DIGEST_TIME_ZONE.key,
    }
    return render(request, "site/about.html", context)


@require_safe
def robots(_: HttpRequest) -> HttpResponse:
    """What robots may read: everything but the search, the preview, the admin and subscribers' own pages."""
    closed = ("/admin/", "/search/", "/preview/", *(f"/newsletter/{name}/" for name in SUBSCRIBERS_PAGES))
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in closed), "")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(_: HttpRequest) -> HttpResponse:
    """Where the icon is, for those who ask by its old name."""
    return redirect(static("site/favicon.svg"), permanent=True)

"""The health page: what machines are told, in words, to whoever may see what a part is about."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsdesk.desk.wording import Notice
from newsdesk.health.examine import examine
from newsdesk.health.judge import Component, State
from newsdesk.health.models import Incident

SHOWN_INCIDENTS = 20
MARKS = {State.OK: "good", State.WARN: "look", State.FAIL: "bad"}
TITLES = {
    "database": "Database",
    "migrations": "Migrations",
    "broker": "Broker",
    "sweep": "Sweep",
    "polls": "Polls",
    "queue": "News on its way",
    "digest": "Digest",
    "mail": "Mail",
    "model": "Language model",
    "disk": "Disk",
}
# The permission that an incident's words need, by its kind.
RIGHTS = {"polls": "feeds.view_feed", "digest": "digests.view_digest", "mail": "newsletter.view_mailing"}


@require_safe
def health_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Every part that the user may see, the incidents of late, and how the operator is told of them."""
    components = examine(timezone.now()).components
    incidents = Incident.objects.order_by("-began_at", "-id").prefetch_related("alarms")[:SHOWN_INCIDENTS]
    context = {
        **site.each_context(request),
        "title": "Health",
        "notes": [_notice(one) for one in components if _may_see(request.user, one.right)],
        "incidents": [
            (TITLES.get(one.kind, one.kind), one)
            for one in incidents
            if _may_see(request.user, RIGHTS.get(one.kind, ""))
        ],
        "is_told": bool(settings.OPERATOR_EMAIL or settings.OPERATOR_WEBHOOK_URL),
    }
    return TemplateResponse(request, "admin/health.html", context)


def _notice(component: Component) -> Notice:
    return Notice(TITLES[component.name], MARKS[component.state], component.words)


def _may_see(user: AbstractBaseUser | AnonymousUser, right: str) -> bool:
    return not right or user.has_perm(right)  # type: ignore[union-attr]

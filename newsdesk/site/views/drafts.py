"""A digest as readers will see it, for those who may see it before them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from newsdesk.access.staff_page import staff_page
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.models import Digest
from newsdesk.site.reader import read_page


@require_safe
@staff_page
def draft(request: HttpRequest, digest_id: int) -> HttpResponse:
    """The digest's page in whatever state it is: with the readers' policy, in no cache and no index.

    It lies outside the admin so that no script runs on it, whatever its sources' texts hold.
    """
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    digest = get_object_or_404(Digest.objects.select_related("edition"), pk=digest_id)
    context = {"page": read_page(as_document(digest)), "is_preview": True, "draft": digest}
    response = render(request, "site/digest.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

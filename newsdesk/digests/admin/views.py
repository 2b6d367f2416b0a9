"""The acts of a digest's desk page: each checks a permission, calls one use-case, and goes back to the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from feeds.numbers import read_number
from newsdesk.digests.actions.approve import approve, withdraw
from newsdesk.digests.actions.correct import correct
from newsdesk.digests.actions.drop import drop_item, restore_item
from newsdesk.digests.actions.place import place_item
from newsdesk.digests.actions.publish import publish_now
from newsdesk.digests.actions.sequels import accept_sequel, dismiss_sequel
from newsdesk.digests.actions.title import retitle
from newsdesk.digests.actions.undo import undo
from newsdesk.digests.admin.forms import CorrectionForm, TitleForm
from newsdesk.digests.admin.page import read_desk
from newsdesk.digests.building.daily import build_draft
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.models import Digest
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, NotYetDue
from newsdesk.journal.hand import ActRefused, hand_of

View = Callable[..., HttpResponse]
# A form that cannot be saved as it stands, because somebody else was faster or something in it is wrong.
UNSAVED_STATUS = 409


def allowed(permission: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """A view for those only who have a permission of the digests app, by these methods only."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"digests.{permission}"):
                raise PermissionDenied
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            return view(request, *args, **kwargs)

        return checked

    return decorate


@allowed("view_digest", methods=("GET", "HEAD"))
def desk(request: HttpRequest, digest_id: int) -> HttpResponse:
    """A digest's desk page."""
    return show_desk(request, find_digest(digest_id))


def show_desk(
    request: HttpRequest,
    digest: Digest,
    *,
    titles: TitleForm | None = None,
    correction: CorrectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The desk page, with forms as they were typed where they could not be saved."""
    page = read_desk(digest, request.user, now=timezone.now())
    rows = [line.row for block in page.blocks for line in block.lines]
    edits = {"edits": digest.edits}
    context = {
        **admin.site.each_context(request),
        "title": heading_of(digest),
        "opts": Digest._meta,
        "page": page,
        "digest": digest,
        "titles": titles or TitleForm(initial={"title": digest.title, "dek": digest.dek, **edits}, auto_id="digest-%s"),
        "correction": correction or CorrectionForm(initial=edits, rows=rows, auto_id="correction-%s"),
    }
    return TemplateResponse(request, "admin/digests/digest/desk.html", context, status=status)


@allowed("change_digest")
def title(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Set title and dek."""
    form = TitleForm(request.POST, auto_id="digest-%s")
    digest = find_digest(digest_id)
    if form.is_valid():
        try:
            retitle(digest_id, **form.typed(), hand=form.hand(request))
        except ActRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Title and dek are saved.")
            return to_desk(digest_id)
    digest = find_digest(digest_id)
    return show_desk(request, digest, titles=form.as_of(digest.edits), status=UNSAVED_STATUS)


@allowed("add_correction")
def record_correction(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Record a correction of a published digest."""
    rows = list(find_digest(digest_id).items.in_page_order())
    form = CorrectionForm(request.POST, rows=rows, auto_id="correction-%s")
    if form.is_valid():
        try:
            correct(digest_id, **form.typed(), hand=form.hand(request))
        except ActRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The correction is recorded and stands on the page.")
            return to_desk(digest_id)
    digest = find_digest(digest_id)
    return show_desk(request, digest, correction=form.as_of(digest.edits), status=UNSAVED_STATUS)


@allowed("add_correction")
def accept(request: HttpRequest, digest_id: int, sequel_id: int) -> HttpResponse:
    """Record a correction that was proposed."""
    words = "The correction is recorded and stands on the page."
    return _act(request, digest_id, accept_sequel, words, sequel_id, text=request.POST.get("text", ""))


@allowed("add_correction")
def dismiss(request: HttpRequest, digest_id: int, sequel_id: int) -> HttpResponse:
    """Dismiss a correction that was proposed."""
    return _act(request, digest_id, dismiss_sequel, "Dismissed. The page still links to what became of it.", sequel_id)


@allowed("approve_digest")
def approve_view(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Approve a draft."""
    return _act(request, digest_id, approve, "The digest is approved: it is published as it stands.")


@allowed("approve_digest")
def withdraw_view(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Withdraw an approval."""
    return _act(request, digest_id, withdraw, "The approval is withdrawn: the digest is a draft again.")


@allowed("publish_digest")
def publish_view(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Publish an approved digest whose hour has come."""
    return _act(request, digest_id, publish_now, "The digest is published.")


@allowed("change_digest")
def drop(request: HttpRequest, digest_id: int, story: str) -> HttpResponse:
    """Drop an item."""
    return _act(request, digest_id, drop_item, "Dropped. It keeps its text and can be put back below.", story)


@allowed("change_digest")
def restore(request: HttpRequest, digest_id: int, story: str) -> HttpResponse:
    """Put a dropped item back."""
    return _act(request, digest_id, restore_item, "Put back.", story, at=f"item-{story}")


@allowed("change_digest")
def move(request: HttpRequest, digest_id: int, story: str) -> HttpResponse:
    """Move an item: `to` is `section:place`."""
    section, _, place = request.POST.get("to", "").partition(":")
    where = {"section": section, "place": int(place) if place.isdecimal() and len(place) < 4 else 0}
    return _act(
        request, digest_id, place_item, "Moved. A new build leaves it there.", story, at=f"item-{story}", **where
    )


@allowed("change_digest")
def undo_view(request: HttpRequest, digest_id: int, change_id: int) -> HttpResponse:
    """Take a change back."""
    return _act(request, digest_id, undo, "Undone.", change_id)


@allowed("change_digest")
def build(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Build a draft again from what is in now; no model is asked for it, what one wrote before is used."""
    digest = find_digest(digest_id)
    hand = hand_of(request)
    try:
        if digest.edition.slug == WEEKLY_EDITION:
            raise ActRefused("A week is gathered from its published daily digests; it is not built again here.")
        build_draft(digest.edition, digest.date, now=hand.now, model="known", actor=hand.actor)
    except (AlreadyApproved, AlreadyPublished, NotYetDue, ActRefused) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Built again from what is in now; what was changed here stayed.")
    return to_desk(digest_id)


def _act(
    request: HttpRequest, digest_id: int, act: Callable[..., object], words: str, *args: Any, at: str = "", **kw: Any
) -> HttpResponse:
    """Call a use-case that takes nothing typed; the desk page says how it went and, where it went well, opens `at`."""
    try:
        act(digest_id, *args, **kw, hand=hand_of(request, edits=edits_of(request)))
    except ActRefused as error:
        messages.error(request, str(error))
        return to_desk(digest_id)
    messages.success(request, words)
    return to_desk(digest_id, at)


def find_digest(digest_id: int) -> Digest:
    """The digest with its edition, or a 404."""
    return get_object_or_404(Digest.objects.select_related("edition"), pk=digest_id)


def heading_of(digest: Digest) -> str:
    """What a page about a digest is called."""
    return f"{digest.edition.title} of {digest.date:%-d %B %Y}, No. {digest.number}"


def to_desk(digest_id: int, at: str = "") -> HttpResponseRedirect:
    """Back to the desk page, at an element of it."""
    address = reverse("admin:digests_digest_change", args=(digest_id,))
    return HttpResponseRedirect(f"{address}#{at}" if at else address)


def edits_of(request: HttpRequest) -> int:
    """The number of edits that the page was made from; -1, which no digest has, where it is missing."""
    number = read_number(request.POST.get("edits", ""))
    return -1 if number is None else number

"""The staff's pages and buttons of sending: each checks a permission and calls one use-case, by POST alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from feeds.numbers import read_number
from newsdesk.digests.models import Digest
from newsdesk.journal.hand import ActRefused, hand_of
from newsdesk.newsletter.actions.pause import pause_mailing, resume_mailing
from newsdesk.newsletter.actions.resolve import resolve
from newsdesk.newsletter.actions.send_test import send_test
from newsdesk.newsletter.actions.suppress import lift, suppress_by_hand
from newsdesk.newsletter.admin.forms import CHOICES, TestForm, digest_line
from newsdesk.newsletter.admin.mailbox import NoSuchMail, list_mails, read_mail
from newsdesk.newsletter.delivery.outbox import pause, resume
from newsdesk.newsletter.delivery.outcome import Kind
from newsdesk.newsletter.delivery.queue import CannotMail, recipients_of, start_mailing
from newsdesk.newsletter.delivery.transports import open_transport
from newsdesk.newsletter.logbook.file import NoLogbook
from newsdesk.newsletter.models import Delivery, Letter, Mailing, Subscriber, Suppression

# A mail is shown as untrusted as its sources are: no script, nothing fetched, in an origin of its own.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SEND, RESOLVE, SUPPRESS = "newsletter.send_mailing", "newsletter.resolve_delivery", "newsletter.change_suppression"
LOOK = "newsletter.view_delivery"

View = Callable[..., HttpResponse]


def staff_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The addresses of these pages below `admin/newsletter/mailing/`."""
    pages: list[tuple[str, View, str]] = [
        ("start/", start_page, "start"),
        ("test/", test_page, "test"),
        ("mails/", mails_page, "mails"),
        ("mails/<str:name>/", mail_page, "mail"),
        ("mails/<str:name>/html/", mail_html, "mail_html"),
        ("outbox/<str:act>/", change_outbox, "outbox"),
        ("act/<int:pk>/<str:act>/", change_mailing, "act"),
        ("delivery/<int:pk>/resolve/", resolve_delivery, "resolve_delivery"),
        ("letter/<int:pk>/resolve/", resolve_letter, "resolve_letter"),
        ("suppression/<int:pk>/lift/", lift_suppression, "lift"),
        ("subscriber/<int:pk>/suppress/", suppress_subscriber, "suppress"),
    ]
    return [path(route, site.admin_view(view), name=f"newsletter_{name}") for route, view, name in pages]


def permitted(permission: str) -> Callable[[View], View]:
    """Refuse (403) whoever lacks the permission."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, /, **arguments: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, **arguments)

        return guarded

    return decorate


@permitted(SEND)
def start_page(request: HttpRequest) -> HttpResponse:
    """Published digests that are not mailed yet, each with the number of subscribers who would get it; starts one."""
    published = Digest.objects.filter(state=Digest.State.PUBLISHED, mailing=None).select_related("edition")
    if request.method == "POST":
        digest = get_object_or_404(
            Digest.objects.select_related("edition"), pk=read_number(request.POST.get("digest", "")) or 0
        )
        try:
            mailing = start_mailing(digest, actor=request.user, now=timezone.now())
        except CannotMail as error:
            messages.error(request, str(error))
            return _to("admin:newsletter_start")
        messages.success(request, "The mailing has begun; the worker sends it.")
        return _to("admin:newsletter_mailing_change", mailing.pk)
    lines = []
    for digest in published.order_by("-date", "-id")[:CHOICES]:
        try:
            lines.append((digest, digest_line(digest), recipients_of(digest).count()))
        except CannotMail:
            continue
    return _page(request, "start", "Start a mailing", lines=lines)


@permitted(SEND)
def test_page(request: HttpRequest) -> HttpResponse:
    """Send one digest, published or not, to one address."""
    user_address = getattr(request.user, "email", "")
    form = TestForm(request.POST or None, initial={"digest": request.GET.get("digest"), "address": user_address})
    if request.method == "POST" and form.is_valid():
        digest, address = form.cleaned_data["digest"], form.cleaned_data["address"]
        try:
            with open_transport(is_watched=True) as transport:
                outcome = send_test(digest, address, hand=hand_of(request), transport=transport)
        except ActRefused as error:
            messages.error(request, str(error))
        else:
            is_sent = outcome.kind == Kind.SENT
            words = f"The test was {'sent' if is_sent else 'not sent'}: {outcome.reply}"
            messages.add_message(request, messages.SUCCESS if is_sent else messages.ERROR, words)
        return _to("admin:newsletter_test")
    return _page(request, "test", "Send a test", form=form)


@require_safe
@permitted(LOOK)
def mails_page(request: HttpRequest) -> HttpResponse:
    """The newest mails of the folder, 50 a page."""
    page = read_number(request.GET.get("page", "")) or 1
    lines, has_more = list_mails(Path(settings.EMAIL_FILE_PATH), page)
    return _page(request, "mails", "Mails written as files", lines=lines, page=page, has_more=has_more)


@require_safe
@permitted(LOOK)
def mail_page(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: headers, text, and its HTML in a sandbox."""
    return _page(request, "mail", "A mail", mail=_mail(name))


@require_safe
@xframe_options_sameorigin
@permitted(LOOK)
def mail_html(_: HttpRequest, name: str) -> HttpResponse:
    """One mail's HTML as it was sent, to be framed."""
    response = HttpResponse(_mail(name).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@permitted(SEND)
def change_outbox(request: HttpRequest, act: str) -> HttpResponse:
    """Pause or resume all sending."""
    if act == "pause":
        pause("Paused by hand.", actor=request.user, now=timezone.now())
    elif act == "resume":
        try:
            resume(actor=request.user, now=timezone.now())
        except NoLogbook as error:
            messages.error(request, str(error))
            return _to("admin:newsletter_mailing_changelist")
    else:
        raise Http404
    messages.success(request, "All sending is paused." if act == "pause" else "Mails are being sent again.")
    return _to("admin:newsletter_mailing_changelist")


@require_POST
@permitted(SEND)
def change_mailing(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Pause or resume one mailing."""
    acts = {"pause": pause_mailing, "resume": resume_mailing}
    if act not in acts:
        raise Http404
    mailing = get_object_or_404(Mailing.objects.select_related("digest__edition"), pk=pk)
    try:
        acts[act](mailing, hand=hand_of(request))
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The mailing is {act}d.")
    return _to("admin:newsletter_mailing_change", pk)


def resolve_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a delivery."""
    return _resolve(request, model=Delivery, pk=pk)


def resolve_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a letter."""
    return _resolve(request, model=Letter, pk=pk)


@require_POST
@permitted(RESOLVE)
def _resolve(request: HttpRequest, model: type[Delivery] | type[Letter], pk: int) -> HttpResponse:
    mail: Any = get_object_or_404(model, pk=pk)
    answer = request.POST.get("answer")
    if answer not in ("arrived", "again"):
        raise Http404
    try:
        resolve(mail, has_arrived=answer == "arrived", hand=hand_of(request))
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "Noted: it arrived." if answer == "arrived" else "It is queued and will be sent again."
        )
    state = f"?state__exact={mail.State.UNKNOWN}"
    return HttpResponseRedirect(reverse(f"admin:newsletter_{model._meta.model_name}_changelist") + state)


@require_POST
@permitted(SUPPRESS)
def lift_suppression(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an address be mailed again."""
    try:
        lift(get_object_or_404(Suppression, pk=pk), hand=hand_of(request))
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Lifted: whoever has the address may subscribe again.")
    return _to("admin:newsletter_suppression_changelist")


@require_POST
@permitted(SUPPRESS)
def suppress_subscriber(request: HttpRequest, pk: int) -> HttpResponse:
    """Never mail a subscriber again."""
    suppress_by_hand(get_object_or_404(Subscriber, pk=pk), hand=hand_of(request))
    messages.success(request, "This address is never mailed again.")
    return _to("admin:newsletter_subscriber_changelist")


def _mail(name: str) -> Any:
    try:
        return read_mail(Path(settings.EMAIL_FILE_PATH), name)
    except NoSuchMail as error:
        raise Http404 from error


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    site = {**admin.site.each_context(request), "title": title, "opts": Mailing._meta}
    return TemplateResponse(request, f"admin/newsletter/{template}.html", {**site, **context})


def _to(name: str, *arguments: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=arguments))

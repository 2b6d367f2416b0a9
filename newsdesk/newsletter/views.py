"""The newsletter's public pages: no cookie, no script, and nothing changes by looking."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from newsdesk.access.client import client_network
from newsdesk.access.same_origin import same_origin_posts
from newsdesk.newsletter.models import Subscriber
from newsdesk.newsletter.people import confirm as confirming
from newsdesk.newsletter.people import personal
from newsdesk.newsletter.people import preferences as preferring
from newsdesk.newsletter.people import subscribe as subscribing
from newsdesk.newsletter.people.forms import PreferencesForm, SubscribeForm
from newsdesk.newsletter.people.private import own_posts, private_page
from newsdesk.newsletter.people.schedule import choice_in_words, daily_at, weekly_at
from newsdesk.newsletter.people.tokens import CONFIRM_LIFETIME, BadToken, Purpose, make_token, read_token
from newsdesk.newsletter.tasks import wake_sender

GET_OR_POST = ["GET", "HEAD", "POST"]


@same_origin_posts
@require_http_methods(GET_OR_POST)
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form, and one answer to everyone who sends it."""
    if request.method != "POST":
        return _form_page(request, SubscribeForm())
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        subscribing.subscribe(form.wish(), network=client_network(request), now=timezone.now())
    except subscribing.TooManyAttempts:
        response = render(request, "newsletter/too_many.html", status=429)
        response.headers["Retry-After"] = str(int(subscribing.ATTEMPTS_WINDOW.total_seconds()))
        return response
    wake_sender()  # whoever asked: the answer must not tell
    return render(request, "newsletter/check_mail.html", {"days": CONFIRM_LIFETIME.days})


@private_page
@own_posts
@require_http_methods(GET_OR_POST)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button; pressed, the subscription is active."""
    now = timezone.now()
    try:
        if request.method == "POST":
            confirmed = confirming.confirm(token, now=now)
            return render(request, "newsletter/confirmed.html", _choices(confirmed))
        subscriber = confirming.find_confirmable(token, now=now)
    except BadToken:
        return _bad_link(request, is_confirmation=True)
    return render(request, "newsletter/confirm.html", _choices(subscriber))


@private_page
@own_posts
@require_http_methods(GET_OR_POST)
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """A subscriber's own page: what they get, what we hold, and how to end either."""
    subscriber = _owner(Purpose.PREFERENCES, token)
    if subscriber is None:
        return _bad_link(request)
    form = PreferencesForm(initial={"frequency": subscriber.frequency, "themes": subscriber.themes})
    is_saved = False
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        is_saved = form.is_valid() and preferring.change_preferences(subscriber, **form.cleaned_data)
        subscriber.refresh_from_db()
    context = {
        "form": form,
        "is_saved": is_saved,
        "token": token,
        "unsubscribe_token": make_token(Purpose.UNSUBSCRIBE, subscriber.public_id),
        **_times(),
        **_choices(subscriber),
    }
    return render(request, "newsletter/preferences.html", context, status=400 if form.errors else 200)


@private_page
@require_safe
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Everything we hold about a subscriber, as a file."""
    subscriber = _owner(Purpose.PREFERENCES, token)
    if subscriber is None:
        return _bad_link(request)
    response = JsonResponse(personal.export(subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="newsdesk-subscription.json"'
    return response


@private_page
@own_posts
@require_http_methods(GET_OR_POST)
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """A button; pressed, the subscriber is forgotten."""
    try:
        public_id = read_token(Purpose.PREFERENCES, token)
    except BadToken:
        return _bad_link(request)
    if request.method == "POST":
        personal.erase(public_id, now=timezone.now())
        return render(request, "newsletter/erased.html")
    subscriber = Subscriber.objects.filter(public_id=public_id).first()
    if subscriber is None:
        return _bad_link(request)
    return render(request, "newsletter/erase.html", {"token": token, "subscriber": subscriber})


@private_page
@require_http_methods(GET_OR_POST)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A button for people, and for mail programs a post without anything (RFC 8058); every post gets one answer."""
    try:
        public_id = read_token(Purpose.UNSUBSCRIBE, token)
    except BadToken:
        public_id = ""
    if request.method == "POST":
        preferring.unsubscribe(public_id, now=timezone.now())
        return render(request, "newsletter/unsubscribed.html")
    if not public_id:
        return _bad_link(request)
    return render(request, "newsletter/unsubscribe.html")


def _form_page(request: HttpRequest, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "consent": subscribing.CONSENTS[subscribing.CONSENT_VERSION], **_times()}
    return render(request, "newsletter/subscribe.html", context, status=status)


def _bad_link(request: HttpRequest, *, is_confirmation: bool = False) -> HttpResponse:
    context = {"is_confirmation": is_confirmation, "days": CONFIRM_LIFETIME.days}
    return render(request, "newsletter/bad_link.html", context, status=404)


def _owner(purpose: Purpose, token: str) -> Subscriber | None:
    try:
        return Subscriber.objects.filter(public_id=read_token(purpose, token)).first()
    except BadToken:
        return None


def _choices(subscriber: Subscriber) -> dict[str, object]:
    return {"subscriber": subscriber, "choice": choice_in_words(subscriber)}


def _times() -> dict[str, str]:
    return {"daily_at": daily_at(), "weekly_at": weekly_at()}

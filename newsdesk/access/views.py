"""The page on which everybody sets up, renews and switches off their own second factor."""

from __future__ import annotations

from base64 import b32encode
from binascii import unhexlify
from typing import Any, Protocol

import segno
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from newsdesk.access.forms import PasswordForm, SetUpForm
from newsdesk.access.second_factor import (
    AlreadyOn,
    WrongCode,
    codes_left,
    device_id,
    renew_codes,
    switch_off,
    switch_on,
)
from newsdesk.access.throttle import is_password_of_user

SALT = "newsdesk.access.second_factor"
# How long the page with the QR code may stand open.
MAX_AGE_S = 3600
QR_SCALE_PX = 5
TEMPLATE = "admin/access/second_factor.html"


class Site(Protocol):
    """What the page wants of the admin site that it stands in."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]: ...
    def must_set_up(self, request: HttpRequest) -> bool: ...
    def note(self, request: HttpRequest, verb: str) -> None: ...


@sensitive_post_parameters()
def second_factor_page(request: HttpRequest, site: Site) -> HttpResponse:
    """The state of one's own second factor; a post switches it on or off, or makes new recovery codes."""
    user = request.user
    assert isinstance(user, AbstractBaseUser)  # the site lets nobody else in
    if device_id(user) is None:
        return _set_up(request, site, user)
    return _change(request, site, user)


def _set_up(request: HttpRequest, site: Site, user: AbstractBaseUser) -> HttpResponse:
    form = SetUpForm(request.POST if request.POST.get("act") == "on" else None)
    key = _key_of(user, request.POST.get("key", "")) if form.is_bound else None
    if form.is_bound and key is None:
        form.add_error(None, "The page stood open for too long: take the key into your app once more.")
    elif key is not None and form.is_valid():
        try:
            with transaction.atomic():
                device, codes = switch_on(user, key, form.cleaned_data["code"], now=timezone.now())
                site.note(request, "account.second_factor_on")
        except WrongCode:
            form.add_error("code", "This is not the code for this key and moment. Is your phone's clock right?")
        except AlreadyOn:
            return HttpResponseRedirect(request.path)
        else:
            request.session.cycle_key()
            request.session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            return _page(request, site, codes=codes, is_on=True)
    key = key or default_key()
    secret = b32encode(unhexlify(key)).decode()
    picture = segno.make(TOTPDevice(user=user, key=key).config_url, micro=False)
    return _page(
        request,
        site,
        form=form,
        sealed=signing.dumps([user.pk, key], salt=SALT),
        picture=picture.svg_data_uri(scale=QR_SCALE_PX, light="white"),
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
    )


def _change(request: HttpRequest, site: Site, user: AbstractBaseUser) -> HttpResponse:
    act = request.POST.get("act")
    forms = {name: PasswordForm(request.POST if act == name else None, prefix=name) for name in ("codes", "off")}
    form = forms.get(act or "")
    if form is not None and form.is_valid():
        if not is_password_of_user(request, form.cleaned_data["password"]):
            form.add_error("password", "This is not your password.")
        elif act == "codes":
            with transaction.atomic():
                codes = renew_codes(user)
                site.note(request, "account.recovery_codes")
            return _page(request, site, codes=codes, is_on=True)
        else:
            with transaction.atomic():
                switch_off(user)
                site.note(request, "account.second_factor_off")
            request.session.pop(DEVICE_ID_SESSION_KEY, None)
            messages.success(request, "Your second factor is switched off.")
            return HttpResponseRedirect(reverse("admin:index"))
    return _page(request, site, is_on=True, left=codes_left(user), codes_form=forms["codes"], off_form=forms["off"])


def _key_of(user: AbstractBaseUser, sealed: str) -> str | None:
    """The key that we gave this account on the page it sends back, or None."""
    try:
        owner, key = signing.loads(sealed, salt=SALT, max_age=MAX_AGE_S)
    except (signing.BadSignature, ValueError):
        return None
    return str(key) if owner == user.pk else None


def _page(request: HttpRequest, site: Site, **context: Any) -> TemplateResponse:
    shown = {**site.each_context(request), "title": "Second factor", "must": site.must_set_up(request), **context}
    return TemplateResponse(request, TEMPLATE, shown)

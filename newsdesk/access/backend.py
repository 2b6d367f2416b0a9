"""Log-in by name, password and, for accounts that have a second factor, its code: one answer for every mistake."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsdesk.access.second_factor import device_id, prove


class TwoStepBackend(ModelBackend):
    """Django's own, and the code; a wrong code is a failed log-in, which axes counts."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        otp_token: str = "",
        **kwargs: Any,
    ) -> User | None:
        """The account, if everything that it needs is right; a session that begins with it remembers the code."""
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None or device_id(user) is None:
            return user
        device = prove(user, otp_token)
        if device is None:
            return None
        user.otp_device = device  # type: ignore[attr-defined]  # django-otp puts it into the session
        return user

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, and in the same query the number of its second factor."""
        device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk")
        user = User.objects.annotate(second_factor_id=Subquery(device.values("pk")[:1])).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

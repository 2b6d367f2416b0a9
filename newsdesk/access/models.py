"""Rows of django-axes and django-otp under names that an administrator understands; no tables of our own."""

from __future__ import annotations

from axes.models import AccessAttempt, AccessLog
from django_otp.plugins.otp_totp.models import TOTPDevice


class FailedLogin(AccessAttempt):  # type: ignore[misc]
    """Failed log-ins of one name, address and browser; deleting the row lets them try again at once."""

    class Meta:
        proxy = True
        verbose_name = "failed log-in"


class Login(AccessLog):  # type: ignore[misc]
    """A log-in that succeeded."""

    class Meta:
        proxy = True
        verbose_name = "log-in"


class SecondFactor(TOTPDevice):  # type: ignore[misc]
    """That an account has a second factor; the key is shown to nobody again."""

    class Meta:
        proxy = True
        verbose_name = "second factor"

    def __str__(self) -> str:
        return f"Second factor of {self.user}"

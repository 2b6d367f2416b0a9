"""The forms of log-in and second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.views.decorators.debug import sensitive_variables

MAX_CODE_LENGTH = 40


class CodeField(forms.CharField):
    """A code of the app, or a recovery code."""

    def __init__(self, *, label: str, required: bool = True) -> None:
        widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        )
        super().__init__(label=label, required=required, max_length=MAX_CODE_LENGTH, widget=widget)


class LoginForm(AdminAuthenticationForm):
    """Name, password and code together, so that an answer never tells which of them was wrong."""

    otp_token = CodeField(label="Code from your app, if you have set one up", required=False)
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": (
            "User name, password and code do not fit together. Capital letters count. A code is needed where a second "
            "factor is set up, and works only once: if you have just used it, wait for the next."
        ),
    }

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("username") and data.get("password"):
            credentials = {name: data.get(name, "") for name in ("username", "password", "otp_token")}
            self.user_cache = authenticate(self.request, **credentials)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return data


class SetUpForm(forms.Form):
    """The app's first code proves that it has the key."""

    code = CodeField(label="The code that your app shows now")


class PasswordForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

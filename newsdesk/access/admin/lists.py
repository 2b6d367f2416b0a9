"""For superusers: who failed to log in, who did, and whose second factor to take away when a phone is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsdesk.access.models import FailedLogin, Login, SecondFactor
from newsdesk.access.read_only import ReadOnlyPage
from newsdesk.access.second_factor import switch_off

# django-otp registers pages on which keys and recovery codes can be read and set.
for device in (TOTPDevice, StaticDevice):
    if admin.site.is_registered(device):
        admin.site.unregister(device)


class SuperusersPage(ReadOnlyPage):
    """To read, for superusers alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(FailedLogin)
class FailedLoginPage(SuperusersPage):
    """Deleting a row lets that name try again from that address."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    fields = ("attempt_time", "username", "ip_address", "user_agent", "path_info", "failures_since_start")
    search_fields = ("=username", "=ip_address")
    ordering = ("-attempt_time",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(Login)
class LoginPage(SuperusersPage):
    list_display = ("attempt_time", "username", "ip_address", "logout_time")
    fields = ("attempt_time", "username", "ip_address", "user_agent", "logout_time")
    search_fields = ("=username", "=ip_address")
    ordering = ("-attempt_time",)


@admin.register(SecondFactor)
class SecondFactorPage(SuperusersPage):
    """Deleting a row takes the recovery codes with it; its owner logs in by password and sets up another."""

    list_display = ("user", "created_at", "last_used_at")
    fields = list_display
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    ordering = ("user__username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(confirmed=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        switch_off(obj.user)

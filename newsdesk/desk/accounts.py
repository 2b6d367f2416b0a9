"""Accounts and groups in the admin: Django's own pages, for superusers alone, every change in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from newsdesk.desk.admin_site import account_subject
from newsdesk.journal.hand import hand_of


def _account(user: User) -> tuple[str, dict[str, Any]]:
    """The journal's subject of an account and what the account may do; no name, no address, no password."""
    return account_subject(user.username), {
        "username": user.username,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "groups": sorted(group.name for group in user.groups.all()),
        "permissions": _names(user.user_permissions.all()),
    }


def _group(group: Group) -> tuple[str, dict[str, Any]]:
    return f"group {group.name}"[:100], {"name": group.name, "permissions": _names(group.permissions.all())}


def _names(permissions: Iterable[Permission]) -> list[str]:
    return sorted(f"{one.content_type.app_label}.{one.codename}" for one in permissions)


class NotedPage(admin.ModelAdmin[Any]):
    """Notes what happens to an account or group; only superusers see or change any, whatever permissions say."""

    kind = ""
    actions = None  # deleting many at once would not be one transaction

    def state(self, obj: Any) -> tuple[str, dict[str, Any]]:
        return _account(obj) if isinstance(obj, User) else _group(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.noted = self.state(type(obj)._default_manager.get(pk=obj.pk))[1]
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._note(request, "add", obj, after=self.state(obj)[1])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        before, after = getattr(obj, "noted", None), self.state(obj)[1]
        if before is None:  # the page for a new password saves by itself
            self._note(request, "password", obj)
        elif before != after:
            self._note(request, "change", obj, before=before, after=after)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._note(request, "delete", obj, before=self.state(obj)[1])
        return super().log_deletions(request, queryset)

    def _note(self, request: HttpRequest, act: str, obj: Any, **states: dict[str, Any]) -> None:
        hand_of(request).note(f"{self.kind}.{act}", self.state(obj)[0], **states)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


admin.site.unregister([User, Group])


@admin.register(User)
class AccountPage(NotedPage, UserAdmin[User]):
    kind = "account"
    list_display = ("username", "is_staff", "is_superuser", "is_active", "last_login")
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("What the account may do", {"fields": ("is_staff", "groups")}),
    )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)


@admin.register(Group)
class GroupPage(NotedPage, GroupAdmin):
    kind = "group"

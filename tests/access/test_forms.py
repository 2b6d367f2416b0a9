"""A form takes what its role may set and nothing else, whatever else is posted (mass assignment)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.forms import BaseForm
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from feeds.models import Feed, Publisher
from newsdesk.journal.models import Change
from tests.access.people import PASSWORD, client_of, make_account
from tests.site import rows

pytestmark = pytest.mark.django_db

# What nobody but a superuser gives anybody.
POWER = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}


def power_of(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    return (
        user.is_superuser,
        user.is_staff,
        user.username,
        [group.name for group in user.groups.all()],
        user.user_permissions.count(),
    )


@pytest.mark.parametrize("role", ["viewer", "editor", "sender"])
def test_nobody_gives_power_to_themselves_or_others(role: str) -> None:
    user, other = make_account(role), make_account("viewer", "other")
    client = client_of(role)
    before = power_of(user), power_of(other)
    for target in (user, other):
        path = f"/admin/auth/user/{target.pk}"
        assert client.post(f"{path}/change/", {"username": "x", **POWER}).status_code == 403
        new = {"usable_password": "true", "password1": "another long phrase", "password2": "another long phrase"}
        assert client.post(f"{path}/password/", new).status_code == 403
    assert client.post("/admin/auth/user/add/", {"username": "new", **POWER}).status_code == 403
    group = Group.objects.get(name=role)
    form = {"name": role, "permissions": Permission.objects.get(codename="delete_user").pk}
    assert client.post(f"/admin/auth/group/{group.pk}/change/", form).status_code == 403
    assert (power_of(user), power_of(other)) == before
    assert not group.permissions.filter(codename="delete_user").exists()


def test_not_even_with_the_permission_to_change_accounts() -> None:
    user = make_account("editor")
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    before = power_of(user)
    assert client_of("editor").post(f"/admin/auth/user/{user.pk}/change/", POWER).status_code == 403
    assert power_of(user) == before


def test_a_new_password_brings_no_power() -> None:
    user = make_account("editor", password=PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": "another long phrase", "new_password2": "another long phrase"}
    before = power_of(user)
    client = client_of("editor")
    assert client.post("/admin/password_change/", {**new, **POWER, "username": "root"}).status_code == 302
    assert power_of(user) == before
    assert User.objects.get(pk=user.pk).check_password("another long phrase")
    assert Change.objects.get().verb == "account.password"


def test_a_second_factor_is_set_up_for_nobody_else() -> None:
    make_account("editor")
    other = make_account("viewer", "other")
    device = TOTPDevice.objects.create(user=other, name="app")
    client = client_of("editor")
    for act in ("on", "off", "codes"):
        client.post("/admin/second-factor/", {"act": act, "user": other.pk, "user_id": other.pk, "device": device.pk})
    assert TOTPDevice.objects.get() == device


@pytest.mark.parametrize("path", ["feeds/feed", "feeds/publisher"])
def test_what_the_line_wrote_is_not_a_matter_of_a_form(path: str) -> None:
    feed = rows.make_feed(etag="kept", failure_count=4, last_error="timeout", claimed_until=None)
    row: Feed | Publisher = feed if path == "feeds/feed" else feed.publisher
    client = client_of("editor")
    shown = client.get(f"/admin/{path}/{row.pk}/change/").context["adminform"].form
    posted = {**filled(shown), **hostile(row), **managed(client, f"/admin/{path}/{row.pk}/change/")}
    before = type(row).objects.filter(pk=row.pk).values().get()
    client.post(f"/admin/{path}/{row.pk}/change/", posted)
    after = type(row).objects.filter(pk=row.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {shown_field_column(row, name) for name in shown.fields}, changed


def filled(form: BaseForm) -> dict[str, Any]:
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def hostile(row: Feed | Publisher) -> dict[str, Any]:
    """A value for every column that the form may or may not have asked for; those it asked for are kept."""
    columns = {field.name for field in row._meta.concrete_fields} - {"id"}
    forced = {name: "2001-01-01" if name.endswith(("_at", "_until")) else "7" for name in columns}
    editable = {"name", "slug", "url", "publisher", "kind", "standing", "language", "homepage", "title", "note"}
    return {name: value for name, value in forced.items() if name not in editable}


def managed(client: Client, path: str) -> dict[str, str]:
    """The management fields of inline forms on the page, if it has any."""
    found: dict[str, str] = {}
    for formset in client.get(path).context.get("inline_admin_formsets") or ():
        found |= {
            formset.formset.management_form.add_prefix(name): str(value)
            for name, value in formset.formset.management_form.initial.items()
        }
    return found


def shown_field_column(row: Feed | Publisher, name: str) -> str:
    return row._meta.get_field(name).column if name in {f.name for f in row._meta.concrete_fields} else name


def test_what_happens_to_accounts_stands_in_the_journal() -> None:
    root = client_of("superuser")
    viewer = Group.objects.get(name="viewer")
    new = {
        "username": "anna",
        "usable_password": "true",
        "password1": "another long phrase",
        "password2": "another long phrase",
        "is_staff": "on",
        "groups": viewer.pk,
    }
    assert root.post("/admin/auth/user/add/", new).status_code == 302
    anna = User.objects.get(username="anna")
    assert (anna.is_staff, anna.groups.get()) == (True, viewer)
    form = {
        **filled(root.get(f"/admin/auth/user/{anna.pk}/change/").context["adminform"].form),
        "groups": Group.objects.get(name="editor").pk,
        "is_superuser": "on",
        "date_joined_0": "2026-03-25",
        "date_joined_1": "08:00:00",
    }
    assert root.post(f"/admin/auth/user/{anna.pk}/change/", form).status_code == 302
    words = {"usable_password": "true", "password1": "a third long phrase", "password2": "a third long phrase"}
    assert root.post(f"/admin/auth/user/{anna.pk}/password/", words).status_code == 302
    assert root.post(f"/admin/auth/user/{anna.pk}/delete/", {"post": "yes"}).status_code == 302
    added, changed, renewed, deleted = Change.objects.order_by("id")
    assert {change.subject for change in (added, changed, renewed, deleted)} == {"account anna"}
    assert {change.actor_name for change in (added, changed, renewed, deleted)} == {"superuser"}
    assert (added.verb, added.after["groups"]) == ("account.add", ["viewer"])
    assert changed.verb == "account.change"
    assert (changed.before["groups"], changed.after["groups"]) == (["viewer"], ["editor"])
    assert (changed.before["is_superuser"], changed.after["is_superuser"]) == (False, True)
    assert (renewed.verb, renewed.after) == ("account.password", {})
    assert (deleted.verb, deleted.before["username"]) == ("account.delete", "anna")
    assert "phrase" not in str(list(Change.objects.values()))


def test_what_a_group_may_do_stands_in_the_journal_too() -> None:
    root = client_of("superuser")
    group = Group.objects.get(name="viewer")
    kept = [*group.permissions.values_list("pk", flat=True)][1:]
    gone = group.permissions.exclude(pk__in=kept).get()
    root.post(f"/admin/auth/group/{group.pk}/change/", {"name": "viewer", "permissions": kept})
    change = Change.objects.get()
    assert (change.verb, change.subject) == ("group.change", "group viewer")
    lost = set(change.before["permissions"]) - set(change.after["permissions"])
    assert lost == {f"{gone.content_type.app_label}.{gone.codename}"}

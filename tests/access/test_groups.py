"""The groups: there after migrating, complete, and made again without harm."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Count

from tests.access.people import make_account

pytestmark = pytest.mark.django_db

GROUPS = import_module("newsdesk.migrations.0001_groups")
OURS = ("feeds", "journal", "llm", "stories", "digests", "newsletter")


@pytest.fixture(autouse=True)
def groups() -> None:
    make_account("viewer")  # makes them where another test emptied the tables


def rights(name: str) -> set[str]:
    rows = Permission.objects.filter(group__name=name).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


def test_the_viewer_sees_everything_but_who_subscribes() -> None:
    models = [model for app in OURS if app != "newsletter" for model in apps.get_app_config(app).get_models()]
    assert rights("viewer") == {f"{m._meta.app_label}.view_{m._meta.model_name}" for m in models}


def test_what_editors_and_senders_may_do_besides() -> None:
    assert rights("editor") - rights("viewer") == {
        *("feeds.add_publisher", "feeds.change_publisher", "feeds.add_feed", "feeds.change_feed"),
        *("stories.change_story", "digests.change_digest", "digests.approve_digest", "digests.publish_digest"),
        "digests.add_correction",
    }
    mailed = {f"newsletter.view_{model._meta.model_name}" for model in apps.get_app_config("newsletter").get_models()}
    acts = {"newsletter.send_mailing", "newsletter.resolve_delivery", "newsletter.change_suppression"}
    assert rights("sender") - rights("viewer") == mailed | acts
    assert rights("viewer") < rights("sender")
    assert rights("viewer") < rights("editor")


def test_nobody_but_a_superuser_touches_accounts() -> None:
    for name in ("viewer", "editor", "sender"):
        assert not {
            right for right in rights(name) if right.startswith(("auth.", "access.", "axes.", "otp_", "admin."))
        }


def test_making_them_again_adds_and_doubles_nothing() -> None:
    before = {name: rights(name) for name in GROUPS.GROUPS}
    GROUPS.make_groups(apps, None)
    for app in OURS:
        create_permissions(apps.get_app_config(app), verbosity=0)
    assert {name: rights(name) for name in GROUPS.GROUPS} == before
    assert Group.objects.count() == 3
    doubled = Permission.objects.values("content_type", "codename").annotate(rows=Count("id")).filter(rows__gt=1)
    assert not doubled


def test_what_an_administrator_added_stays() -> None:
    Group.objects.get(name="viewer").permissions.add(Permission.objects.get(codename="change_feed"))
    GROUPS.make_groups(apps, None)
    assert "feeds.change_feed" in rights("viewer")


def test_permissions_made_by_the_migration_are_those_that_django_makes() -> None:
    Permission.objects.filter(content_type__app_label__in=OURS).delete()
    GROUPS.make_groups(apps, None)
    made = dict(Permission.objects.filter(content_type__app_label__in=OURS).values_list("codename", "name"))
    Permission.objects.filter(content_type__app_label__in=OURS).delete()
    for app in OURS:
        create_permissions(apps.get_app_config(app), verbosity=0)
    django = dict(Permission.objects.filter(content_type__app_label__in=OURS).values_list("codename", "name"))
    assert made.items() <= django.items()

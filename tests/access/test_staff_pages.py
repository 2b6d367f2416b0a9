"""Every page for staff that lies outside the admin asks for the second factor as the admin does (A8)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.access.people import LOGIN, SECOND_FACTOR, client_of, set_up
from tests.access.rows import one_of_each
from tests.access.urls import every_url
from tests.site.rows import DAY

pytestmark = pytest.mark.django_db


def addresses() -> list[str]:
    """Every address outside the admin that a pattern and the rows at hand can make."""
    rows = one_of_each()
    story, digest = rows["stories.story"], rows["digests.digest"]
    others = {
        "digest_id": str(digest.pk),
        "public_id": str(story.public_id),  # type: ignore[attr-defined]
        "slug": "policy",
        "token": "none",
        "year": f"{DAY:%Y}",
        "path": "site/site.css",
    }
    return [url.path(rows, others) for url in every_url() if url.space != "admin" and url.is_plain]


def proven() -> Client:
    client = client_of("superuser")
    set_up(client)
    return client


def test_every_staff_page_outside_the_admin_wants_the_code(settings: Settings) -> None:
    """A staff page is one that shows staff what it does not show a stranger; none is named here."""
    paths = addresses()
    inside, stranger = proven(), Client()
    unproven = Client()
    unproven.force_login(User.objects.get(username="superuser"))
    without = client_of("editor")
    staff_pages = [
        path for path in paths if inside.get(path).status_code == 200 and stranger.get(path).status_code != 200
    ]
    assert any(path.startswith("/drafts/") for path in staff_pages)
    for path in staff_pages:
        answer = unproven.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN), path
        assert without.get(path).status_code == 200, path
    settings.SECOND_FACTOR_REQUIRED = True
    for path in staff_pages:
        answer = without.get(path)
        assert (answer.status_code, answer["Location"]) == (302, SECOND_FACTOR), path
        assert inside.get(path).status_code == 200, path


def test_who_is_no_staff_is_refused() -> None:
    (path,) = [path for path in addresses() if path.startswith("/drafts/")]
    assert client_of("plain").get(path).status_code == 403

"""Readers' pages set no cookie and load nothing from elsewhere, whoever asks."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.access.people import client_of
from tests.access.urls import every_url
from tests.site.invented import invented_digest

pytestmark = pytest.mark.django_db

PART = re.compile(r"\(\?P<(\w+)>[^)]*\)")
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)[^>]+(?:src|data)=["']([^"']+)|<link[^>]+>"""
)


def public_paths() -> list[str]:
    """Every address outside the admin, filled in; what a token opens is asked for with a wrong one."""
    digest = invented_digest()
    values = {
        "year": f"{digest.date:%Y}",
        "month": f"{digest.date:%m}",
        "day": f"{digest.date:%d}",
        "public_id": digest.items.get(position=1).story.public_id,
        "slug": "compute",
    }
    paths = []
    for url in every_url():
        if url.space != "admin":
            route = PART.sub(lambda match: values[match[1]], url.route.replace("^", "").replace("$", ""))
            route = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values.get(match[1], "wrong"), route).replace("\\", "")
            paths.append(f"/{route}")
    return paths


def test_no_public_page_sets_a_cookie_or_asks_a_stranger() -> None:
    paths = public_paths()
    assert len(paths) > 20
    answered = 0
    for path in paths:
        for client in (Client(), client_of("editor")):
            page = client.get(path)
            assert not page.cookies, path
            assert "cookie" not in page.get("Vary", "").lower(), path
            assert page.status_code < 500
            answered += page.status_code == 200
            text = page.content.decode() if page.get("Content-Type", "").startswith("text/html") else ""
            for loaded in LOADED.finditer(text):
                assert "//" not in (loaded[1] or "").removeprefix("data:"), (path, loaded[0])
                if 'rel="stylesheet"' in loaded[0] or 'rel="icon"' in loaded[0]:
                    assert 'href="/' in loaded[0], (path, loaded[0])
    assert answered > len(paths)  # most of them twice


def test_posts_to_public_pages_set_no_cookie_either() -> None:
    for path in public_paths():
        page = Client(enforce_csrf_checks=True).post(path)
        assert not page.cookies, path
        assert page.status_code < 500, path

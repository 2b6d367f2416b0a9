from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsdesk.stories.cluster import cluster_pending
from newsdesk.stories.dedupe import dedupe_pending
from newsdesk.stories.models import Story
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("editor"))
    return client


def make_story(title: str, *, hours: float = 0) -> None:
    entry_of(title, hours=hours)
    dedupe_pending(now=at(99))
    cluster_pending(now=at(99))


def test_the_list_of_stories_costs_the_same_for_many(editor: Client, django_assert_max_num_queries) -> None:
    make_story("Harbour of Brest buys forty cranes")
    for n in range(11):
        Story.objects.create(public_id=f"s{n}", headline=f"Harbour {n}", first_seen_at=at(n), last_seen_at=at(n))
    with django_assert_max_num_queries(7):
        page = editor.get("/admin/stories/story/?q=harbour")
    assert page.status_code == 200
    assert b"Harbour of Brest" in page.content


def test_a_story_shows_its_coverage_to_read_only(editor: Client) -> None:
    make_story("Harbour of Brest buys forty cranes")
    story = Story.objects.get()
    page = editor.get(f"/admin/stories/story/{story.pk}/change/")
    assert page.status_code == 200
    assert b"2026-05-04 12:00 UTC" in page.content
    assert b'name="headline"' not in page.content
    assert editor.get("/admin/stories/story/add/").status_code == 403
    assert editor.post(f"/admin/stories/story/{story.pk}/delete/").status_code == 403

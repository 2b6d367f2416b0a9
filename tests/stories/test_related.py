"""What joined a story weakly stands in it as related, and counts for nothing of what is said of the event."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.refresh import refresh_stories
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.export import export_stories
from newsdesk.stories.models import STRONG_JOIN, Coverage, Fingerprint, Story
from newsdesk.stories.ranking.rank import rank_stories
from newsdesk.stories.read import read_stories
from tests.stories.rows import NOON, at, entry_of

pytestmark = pytest.mark.django_db
WEAK, STRONG = STRONG_JOIN - 0.01, STRONG_JOIN


def story_of(*joined: tuple[str, float | None]) -> Story:
    """A story whose reports joined with these probabilities, an hour between two; each of a publisher of its own."""
    story = Story.objects.create(public_id="s", headline="", first_seen_at=NOON, last_seen_at=NOON)
    for number, (title, similarity) in enumerate(joined):
        text = f"{title} OpenAI and its model are all that this text of outlet {number} is about."
        entry = entry_of(title, text, publisher=f"Outlet {number}", hours=number)
        Coverage.objects.create(entry=entry, story=story, similarity=similarity, clustered_at=NOON)
    dedupe_pending(now=at(9))
    Fingerprint.objects.update(awaits_clustering=False)
    refresh_stories([story])
    story.save()
    return story


def test_a_weak_report_is_related_and_no_source_origin_or_headline() -> None:
    story = story_of(("OpenAI raises a round", None), ("OpenAI raises a round of money today", WEAK))
    view = read_stories([story.pk])[story.pk]
    assert [entry.publisher for entry in view.entries] == ["Outlet 0"]
    assert [entry.publisher for entry in view.related] == ["Outlet 1"]
    assert view.publishers == 1
    assert story.headline == "OpenAI raises a round"


def test_a_strong_one_and_one_that_an_editor_put_there_are_the_events() -> None:
    story = story_of(("OpenAI raises a round", None), ("Round raised by OpenAI", STRONG), ("Moved by hand", None))
    view = read_stories([story.pk])[story.pk]
    assert len(view.entries) == 3 and view.related == ()


def test_a_copy_of_a_related_report_is_related() -> None:
    story = story_of(("OpenAI raises a round", None), ("OpenAI closes an office", WEAK))
    weak = Coverage.objects.get(similarity=WEAK)
    copy = entry_of("OpenAI closes an office", publisher="Copyist", hours=3)
    Fingerprint.objects.create(entry=copy, text=copy.article.text, original=weak.entry, kind=Fingerprint.Kind.EXACT)
    Coverage.objects.create(entry=copy, story=story, role=Coverage.Role.COPY, clustered_at=NOON)
    view = read_stories([story.pk])[story.pk]
    assert [entry.publisher for entry in view.related] == ["Outlet 1", "Copyist"]


def test_a_story_whose_founder_has_gone_is_told_by_what_is_left() -> None:
    story = story_of(("OpenAI raises a round", None), ("OpenAI closes an office", WEAK))
    Coverage.objects.get(similarity=None).delete()
    view = read_stories([story.pk])[story.pk]
    assert [entry.publisher for entry in view.entries] == ["Outlet 1"] and view.related == ()


def test_only_the_events_own_reports_bring_a_story_back() -> None:
    story = story_of(("OpenAI raises a round", None), ("OpenAI closes an office", WEAK))
    classify_pending(now=at(9))
    Story.objects.update(is_relevant=True)
    hour = timedelta(minutes=30)
    assert [one.story.id for one in rank_stories(after=at(0) - hour, until=at(9))] == [story.pk]
    assert rank_stories(after=at(0) + hour, until=at(9)) == []


def test_it_is_listed_as_related_on_the_page_and_in_the_export(client: Client) -> None:
    story_of(("OpenAI raises a round", None), ("OpenAI closes an office", WEAK))
    page = client.get("/story/s/").content.decode()
    before, after = page.split('id="related"')
    assert "OpenAI closes an office" in after and "OpenAI closes an office" not in before
    (line,) = export_stories()
    assert [(entry["publisher"], entry["related"]) for entry in json.loads(line)["entries"]] == [
        ("Outlet 0", False),
        ("Outlet 1", True),
    ]

"""The draft at the review hour, what editors made of it, and what its hour publishes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from newsdesk.digests.actions.add import add_story
from newsdesk.digests.actions.approve import approve, withdraw
from newsdesk.digests.actions.drop import drop_item
from newsdesk.digests.actions.place import place_item
from newsdesk.digests.actions.rewrite import rewrite_item
from newsdesk.digests.actions.title import retitle
from newsdesk.digests.building.daily import build_digest, build_draft
from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.digests.publish import publish_digest, publish_due
from newsdesk.digests.refused import AlreadyApproved, ChangedMeanwhile, NotYetDue
from newsdesk.digests.telling.receipts import sentences_from_json
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.llm.models import Completion
from newsdesk.stories.models import Story
from tests.digests.newsroom import CUT_OFF, DAY, LATER, REVIEW, replay_day, review_draft, rows, stories
from tests.digests.test_build_with_model import echo
from tests.servers.openai_api import OpenAIServer

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HEADLINE = "Lawsuit over what a chatbot has read"


@pytest.fixture
def daily(tmp_path: Path) -> Edition:
    return replay_day(tmp_path)


def story_of(digest: Digest, word: str) -> str:
    """The story whose headline holds a word."""
    return str(digest.items.get(headline__contains=word).story.public_id)


def as_seen(digest: Digest) -> Hand:
    digest.refresh_from_db()
    return Hand(None, REVIEW, digest.edits)


def rewrite(digest: Digest, story: str, headline: str = HEADLINE) -> None:
    row = digest.items.get(story__public_id=story)
    sentences = sentences_from_json(row.sentences)
    rewrite_item(digest.pk, story, headline=headline, sentences=sentences, hand=as_seen(digest))


def section(digest: Digest, story: str) -> str:
    return str(digest.items.get(story__public_id=story).section)


def test_the_line_stores_the_draft_at_the_review_hour_and_only_once(daily: Edition) -> None:
    publish_due(now=REVIEW - MINUTE)
    assert not Digest.objects.filter(date=DAY).exists()
    assert publish_due(now=REVIEW) == 0
    draft = Digest.objects.get(date=DAY)
    assert (draft.state, draft.window_to, draft.built_at) == (Digest.State.DRAFT, CUT_OFF, REVIEW)
    assert not any("Corvane" in row.headline for row in rows(draft))
    assert publish_due(now=REVIEW + MINUTE) == 0
    draft.refresh_from_db()
    assert draft.built_at == REVIEW


def test_without_review_minutes_there_is_no_draft_and_the_sample_has_none(daily: Edition, settings: Any) -> None:
    settings.DIGEST_REVIEW_MINUTES = 0
    publish_due(now=CUT_OFF - MINUTE)
    settings.DIGEST_REVIEW_MINUTES, settings.EDITION = 60, "sample"
    publish_due(now=CUT_OFF - MINUTE)
    assert not Digest.objects.filter(date=DAY).exists()


def test_when_nobody_comes_the_draft_is_built_again_and_published(daily: Edition) -> None:
    publish_due(now=REVIEW)
    assert publish_due(now=CUT_OFF + MINUTE) == 1
    digest = Digest.objects.get(date=DAY)
    assert digest.state == Digest.State.PUBLISHED
    assert any("Corvane" in row.headline for row in rows(digest))
    assert [c.verb for c in Change.objects.filter(subject=f"digest daily {DAY}").order_by("id")] == [
        "digest.build",
        "digest.publish",
    ]


def test_what_editors_changed_survives_the_build_at_the_cut_off(daily: Edition) -> None:
    draft = review_draft(daily)
    rewritten, dropped, moved = (story_of(draft, word) for word in ("Mendry", "Brightwater", "Halden"))
    rewrite(draft, rewritten)
    drop_item(draft.pk, dropped, hand=as_seen(draft))
    place_item(draft.pk, moved, section="lead", place=0, hand=as_seen(draft))
    retitle(draft.pk, title="What the Senate wants", dek="", hand=as_seen(draft))
    assert publish_due(now=CUT_OFF + MINUTE) == 1
    digest = Digest.objects.select_related("edition").get(date=DAY)
    document = as_document(digest)
    assert digest.state == Digest.State.PUBLISHED
    assert document["items"][0]["story"] == moved
    assert dropped not in {item["story"] for item in document["items"]}
    assert any("Corvane" in item["headline"] for item in document["items"])
    kept = next(item for item in document["items"] if item["story"] == rewritten)
    assert (kept["headline"], kept["headline_by"]) == (HEADLINE, "editor")
    assert document["title"] == "What the Senate wants"
    assert len(document["items"][0]["sentences"]) > 1
    assert verify_document(document) == []


def test_building_again_from_the_same_news_changes_nothing_but_the_count(daily: Edition) -> None:
    draft = review_draft(daily)
    rewrite(draft, story_of(draft, "Mendry"))
    drop_item(draft.pk, story_of(draft, "Brightwater"), hand=as_seen(draft))
    place_item(draft.pk, story_of(draft, "Halden"), section="big", place=0, hand=as_seen(draft))
    once = build_draft(daily, DAY, now=REVIEW, model="none")
    before = canonical_json(as_document(once))
    twice = build_draft(daily, DAY, now=REVIEW, model="none")
    assert canonical_json(as_document(twice)) == before
    assert twice.edits == once.edits + 1
    assert twice.items.filter(is_dropped=True).count() == 1


def test_an_added_story_stays_though_no_build_chooses_it(daily: Edition) -> None:
    story = Story.objects.get(headline__contains="Osprey")
    Story.objects.filter(pk=story.pk).update(is_relevant=False, theme="launches")
    draft = review_draft(daily)
    assert story.public_id not in stories(draft)
    add_story(draft.pk, story.public_id, hand=as_seen(draft))
    assert story.public_id in stories(build_digest(daily, DAY, now=LATER, model="none"))


def test_merged_stories_are_told_once_in_the_editors_words(daily: Edition) -> None:
    draft = review_draft(daily)
    mendry, halden = story_of(draft, "Mendry"), story_of(draft, "Halden")
    rewrite(draft, mendry)
    rewrite(draft, halden, "A data centre opens in Norway")
    one, other = Story.objects.get(public_id=mendry), Story.objects.get(public_id=halden)
    other.coverage.update(story=one)
    Story.objects.filter(pk=other.pk).update(merged_into=one)
    digest = build_digest(daily, DAY, now=LATER, model="none")
    assert halden not in stories(digest)
    assert stories(digest).count(mendry) == 1
    assert digest.items.get(story=one).headline == HEADLINE
    assert verify_document(as_document(digest)) == []


def test_a_rewritten_item_keeps_the_sources_that_it_cites_when_they_move_away(daily: Edition) -> None:
    draft = review_draft(daily)
    quillon = story_of(draft, "Heron")
    row = draft.items.get(story__public_id=quillon)
    cited = {receipt["entry"] for sentence in row.sentences for receipt in sentence["receipts"]}
    rewrite(draft, quillon, "Quillon gives a model away")
    story, away = Story.objects.get(public_id=quillon), Story.objects.get(headline__contains="Osprey")
    story.coverage.filter(entry__guid__in=cited).first().delete()  # type: ignore[union-attr]
    assert away.public_id in stories(draft)
    document = as_document(build_digest(daily, DAY, now=LATER, model="none"))
    item = next(item for item in document["items"] if item["story"] == quillon)
    assert cited <= {source["entry"] for source in item["sources"]}
    assert verify_document(document) == []


def test_a_hidden_story_leaves_and_its_rewriting_is_kept_among_the_dropped(daily: Edition) -> None:
    draft = review_draft(daily)
    mendry = story_of(draft, "Mendry")
    rewrite(draft, mendry)
    Story.objects.filter(public_id=mendry).update(is_hidden=True)
    digest = build_digest(daily, DAY, now=LATER, model="none")
    assert mendry not in stories(digest)
    kept = digest.items.get(story__public_id=mendry)
    assert (kept.is_dropped, kept.headline) == (True, HEADLINE)


def test_an_editors_headline_of_the_story_is_the_items(daily: Edition) -> None:
    Story.objects.filter(headline__contains="Halden").update(headline="Norway gets a hall", is_headline_edited=True)
    document = as_document(review_draft(daily))
    item = next(item for item in document["items"] if item["headline"] == "Norway gets a hall")
    assert item["headline_by"] == "editor"
    assert sum("headline_by" in item for item in document["items"]) == 1
    assert verify_document(document) == []
    item.pop("headline_by")
    assert verify_document(document) == [f"item {item['position']}: the headline is in none of its sources' titles"]


def test_an_approved_digest_is_not_built_again_and_is_published_as_it_stands(daily: Edition) -> None:
    draft = review_draft(daily)
    approve(draft.pk, hand=as_seen(draft))
    before = as_document(Digest.objects.get(pk=draft.pk))
    with pytest.raises(AlreadyApproved, match="withdraw the approval"):
        build_digest(daily, DAY, now=LATER)
    with pytest.raises(CommandError, match="is approved"):
        call_command("build_digest", DAY.isoformat(), stderr=StringIO())
    publish_due(now=CUT_OFF - MINUTE)
    assert Digest.objects.get(pk=draft.pk).state == Digest.State.APPROVED
    Story.objects.update(classified_version=0)  # which a draft would wait for
    assert publish_due(now=CUT_OFF) == 1
    after = as_document(Digest.objects.get(pk=draft.pk))
    assert after["manifest"]["state"] == "published"
    assert {**after, "manifest": None} == {**before, "manifest": None}
    assert after["manifest"]["built_at"] == before["manifest"]["built_at"]


def test_a_withdrawn_approval_makes_it_a_draft_that_is_built_again(daily: Edition) -> None:
    draft = review_draft(daily)
    approve(draft.pk, hand=as_seen(draft))
    withdraw(draft.pk, hand=as_seen(draft))
    assert any("Corvane" in row.headline for row in rows(build_digest(daily, DAY, now=LATER, model="none")))


def test_nothing_is_published_before_its_cut_off(daily: Edition) -> None:
    draft = review_draft(daily)
    with pytest.raises(NotYetDue, match="not before"):
        publish_digest(draft, now=CUT_OFF - MINUTE)
    assert Digest.objects.get(pk=draft.pk).published_at is None
    with pytest.raises(NotYetDue):
        build_digest(daily, DAY, now=REVIEW)
    with pytest.raises(NotYetDue):
        build_draft(daily, DAY + timedelta(days=1), now=CUT_OFF)


def test_a_digest_that_changed_since_it_was_read_is_not_published(daily: Edition) -> None:
    draft = review_draft(daily)
    drop_item(draft.pk, story_of(draft, "Halden"), hand=Hand(None, REVIEW, draft.edits))
    with pytest.raises(ChangedMeanwhile):
        publish_digest(draft, now=LATER)
    assert Digest.objects.get(pk=draft.pk).state == Digest.State.DRAFT


def test_a_dropped_story_counts_as_untold_the_next_day(daily: Edition) -> None:
    draft = review_draft(daily)
    story = story_of(draft, "Halden")
    drop_item(draft.pk, story, hand=as_seen(draft))
    publish_due(now=LATER)
    told = DigestItem.objects.filter(digest=draft, is_dropped=False, story__public_id=story)
    assert not told.exists()
    entry = Story.objects.get(public_id=story).coverage.get().entry
    type(entry).objects.filter(pk=entry.pk).update(seen_at=LATER)
    tomorrow = build_digest(daily, DAY + timedelta(days=1), now=LATER + timedelta(days=1), model="none")
    assert story in stories(tomorrow)


@pytest.mark.django_db(transaction=True)
def test_an_edit_while_the_model_writes_is_not_lost(tmp_path: Path, settings: Any) -> None:
    daily = replay_day(tmp_path)
    draft = review_draft(daily)
    dropped = story_of(draft, "Brightwater")
    done = Event()

    def edit_meanwhile(request: dict[str, Any]) -> Any:
        if not done.is_set():
            done.set()
            drop_item(draft.pk, dropped, hand=Hand(None, LATER, draft.edits))
            connection.close()
        return echo(request)

    with OpenAIServer(edit_meanwhile) as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL = server.base_url, "k", "echo-1"
        digest = build_digest(daily, DAY, now=LATER)
        asked = len(server.requests)
        assert asked == Completion.objects.filter(status="done").count()
        kept = build_digest(daily, DAY, now=LATER, model="known")
        assert len(server.requests) == asked
    assert done.is_set()
    assert dropped not in stories(digest)
    assert "echo-1" in kept.manifest["models"]
    assert as_document(kept)["items"] == as_document(digest)["items"]

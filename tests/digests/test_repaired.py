"""Late repairs of stories that a digest tells: a draft follows them, a published page does not; nothing comes twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.models import Entry
from newsdesk.digests.actions.rewrite import rewrite_item
from newsdesk.digests.building.daily import build_digest, last_told
from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.publish import publish_due
from newsdesk.digests.telling.receipts import sentences_from_json
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.replay import delete_recording
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import write_decisions
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.clustering.item import REPORT, Decision
from newsdesk.stories.clustering.merge_and_split import Repair
from newsdesk.stories.models import Coverage, Story
from tests.digests.newsroom import CUT_OFF, DAY, LATER, REVIEW, replay_day, review_draft, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily(tmp_path: Path) -> Edition:
    return replay_day(tmp_path)


def told_of(word: str) -> Story:
    return Story.objects.standing().get(headline__contains=word)


def keys(story: Story) -> tuple[int, ...]:
    return tuple(story.coverage.order_by("entry__seen_at").values_list("entry", flat=True))


def come(*repairs: Repair) -> None:
    """The last report of the breach comes again, and brings these repairs about."""
    breach = told_of("Corvane")
    late = Entry.objects.select_related("feed__publisher", "fingerprint__text").get(pk=keys(breach)[-1])
    Coverage.objects.filter(entry=late).delete()
    write_decisions([late], {late.pk: Decision(breach.public_id, REPORT, 0.9, repairs)}, now=CUT_OFF)
    classify_pending(now=CUT_OFF)


def merging(source: Story, target: Story) -> Repair:
    return Repair("merge", keys(source), source.public_id, target.public_id, 0.9)


def rewrite(digest: Digest, story: Story, headline: str) -> None:
    row = digest.items.get(story=story)
    sentences = sentences_from_json(row.sentences)
    digest.refresh_from_db()
    rewrite_item(
        digest.pk, story.public_id, headline=headline, sentences=sentences, hand=Hand(None, REVIEW, digest.edits)
    )


def test_a_draft_tells_merged_stories_once_with_what_the_editor_wrote(daily: Edition) -> None:
    draft = review_draft(daily)
    suit, hall = told_of("Mendry"), told_of("Halden")
    assert {suit.public_id, hall.public_id} <= set(stories(draft))
    rewrite(draft, hall, "A data centre, and a lawsuit")
    come(merging(hall, suit))
    digest = build_digest(daily, DAY, now=LATER, model="none")
    assert stories(digest).count(suit.public_id) == 1 and hall.public_id not in stories(digest)
    assert digest.items.get(story=suit, is_dropped=False).headline == "A data centre, and a lawsuit"
    assert verify_document(as_document(digest)) == []


def test_a_draft_tells_both_halves_of_a_split_story(daily: Edition) -> None:
    draft = review_draft(daily)
    model = told_of("Heron")
    rewrite(draft, model, "A model to take home")
    first, *rest = keys(model)
    parted = Entry.objects.get(pk=rest[0])
    name = story_public_id(parted.feed.url, parted.guid)
    come(Repair("split", tuple(rest), model.public_id, name, 0.1))
    digest = build_digest(daily, DAY, now=LATER, model="none")
    assert digest.items.get(story=model).headline == "A model to take home"
    assert stories(digest).count(model.public_id) == stories(digest).count(name) == 1
    assert keys(model) == (first,)
    assert verify_document(as_document(digest)) == []


def test_a_published_page_stays_as_it_is(daily: Edition) -> None:
    review_draft(daily)
    assert publish_due(now=LATER) == 1
    digest = Digest.objects.select_related("edition").get(date=DAY)
    before = canonical_json(as_document(digest))
    come(merging(told_of("Halden"), told_of("Mendry")))
    assert canonical_json(as_document(Digest.objects.select_related("edition").get(date=DAY))) == before


def test_what_was_told_and_then_merged_twice_is_not_told_again_as_new(daily: Edition) -> None:
    review_draft(daily)
    assert publish_due(now=LATER) == 1
    hall, suit, breach = told_of("Halden"), told_of("Mendry"), told_of("Corvane")
    digest = Digest.objects.get(date=DAY)
    digest.items.exclude(story=hall).delete()
    come(merging(hall, suit), Repair("merge", keys(hall) + keys(suit), suit.public_id, breach.public_id, 0.9))
    Story.objects.filter(pk=hall.pk).update(merged_into=suit)  # as where the two came in two batches
    told = last_told(daily, DAY.replace(day=DAY.day + 1), [breach.pk])
    assert {story: said.until for story, said in told.items()} == {breach.pk: digest.window_to}


def test_what_the_journal_says_of_a_recordings_repairs_goes_with_it(daily: Edition) -> None:
    come(merging(told_of("Halden"), told_of("Mendry")))
    assert Change.objects.filter(after__has_key="repair").exists()
    delete_recording()
    assert not Change.objects.filter(subject__startswith="story ").exists()

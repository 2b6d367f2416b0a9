from __future__ import annotations

import pytest

from feeds.models import Entry, Feed
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.read import read_stories
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
NOW = at(100)
LAWSUIT = ("Novelists sue OpenAI over copyright", "The lawsuit was filed in a federal court in Oregon.")
FERRY = ("Storm closes ferry routes along the coast", "Passengers were told to wait.")
SUED = "Anthropic sues the Pentagon over its supply chain risk designation"
FILED = "Filing: the Pentagon defends supply chain risk designation of Anthropic before the judge"


def story_of(*entries: Entry) -> Story:
    seen = [entry.seen_at for entry in entries]
    story = Story.objects.create(
        public_id=f"s{Story.objects.count()}",
        headline=entries[0].title,
        first_seen_at=min(seen),
        last_seen_at=max(seen),
    )
    for entry in entries:
        Coverage.objects.create(entry=entry, story=story, clustered_at=entry.seen_at)
    return story


def big_story(title: str, *, hours: float) -> Story:
    return story_of(*(entry_of(title, publisher=f"P{n}", hours=hours + n) for n in range(3)))


def test_pending_stories_get_theme_relevance_and_version_once() -> None:
    sued, ferry = story_of(entry_of(*LAWSUIT)), story_of(entry_of(*FERRY, hours=1))
    assert classify_pending(now=NOW) == 2
    sued.refresh_from_db()
    ferry.refresh_from_db()
    assert (sued.theme, sued.is_relevant, sued.classified_version) == ("lawsuits", True, 1)
    assert sued.second_theme not in ("", sued.theme)
    assert sued.theme_probability is not None and 0.3 < sued.theme_probability <= 1
    assert (ferry.is_relevant, ferry.classified_version) == (False, 1)
    assert ferry.relevance is not None and ferry.relevance < 0.5
    assert classify_pending(now=NOW) == 0


def test_a_story_and_its_view_say_what_the_line_is_unsure_of() -> None:
    plain, vague = story_of(entry_of(*LAWSUIT)), story_of(entry_of("Notes on the week in AI", hours=1))
    classify_pending(now=NOW)
    sure, unsure = Story.objects.get(pk=plain.pk), Story.objects.get(pk=vague.pk)
    assert sure.second_theme_probability is not None and sure.theme_probability is not None
    assert 0 < sure.second_theme_probability < sure.theme_probability
    assert (sure.is_theme_unsure, sure.is_relevance_unsure) == (False, False)
    doubtful = {"theme_probability": 0.4, "relevance": 0.7, "is_relevant": True}
    Story.objects.filter(pk=unsure.pk).update(**doubtful)
    view = read_stories([unsure.pk])[unsure.pk]
    assert (view.is_theme_unsure, view.is_relevance_unsure) == (True, True)
    assert list(Story.objects.theme_unsure()) == list(Story.objects.relevance_unsure()) == [unsure]
    Story.objects.filter(pk=unsure.pk).update(judged_by="m-1")
    view = read_stories([unsure.pk])[unsure.pk]
    assert (view.is_theme_unsure, view.is_relevance_unsure) == (False, False)
    assert not Story.objects.theme_unsure().exists() and not Story.objects.relevance_unsure().exists()


def test_a_changed_story_is_judged_again() -> None:
    story = story_of(entry_of(*FERRY))
    classify_pending(now=NOW)
    for n in range(3):
        entry = entry_of(*LAWSUIT, publisher=f"More {n}", hours=1 + n)
        Coverage.objects.create(entry=entry, story=story, clustered_at=entry.seen_at)
    Story.objects.filter(pk=story.pk).update(version=2)
    assert classify_pending(now=NOW) == 1
    story.refresh_from_db()
    assert (story.theme, story.is_relevant, story.classified_version) == ("lawsuits", True, 2)


def test_round_ups_do_not_decide_what_a_story_is_about() -> None:
    report = entry_of(*LAWSUIT)
    digests = [entry_of(*FERRY, publisher=f"Digest {n}", hours=n) for n in range(1, 5)]
    story = story_of(report, *digests)
    Coverage.objects.filter(entry__in=digests).update(role="round_up")
    classify_pending(now=NOW)
    story.refresh_from_db()
    assert (story.theme, story.is_relevant) == ("lawsuits", True)


def test_merged_and_future_stories_wait_and_a_limit_takes_the_oldest() -> None:
    second, first = story_of(entry_of(*LAWSUIT, hours=2)), story_of(entry_of(*LAWSUIT, hours=1))
    merged, future = story_of(entry_of(*LAWSUIT)), story_of(entry_of(*LAWSUIT, hours=200))
    Story.objects.filter(pk=merged.pk).update(merged_into=first)
    assert classify_pending(now=NOW, limit=1) == 1
    assert list(Story.objects.filter(classified_version=1)) == [first]
    assert classify_pending(now=NOW) == 1
    assert set(Story.objects.filter(classified_version=1)) == {first, second}
    assert future.theme == ""


def test_a_feed_of_ai_news_vouches_for_its_entries() -> None:
    text = ("Heron 3 writes faster", "The release brings new voices.")
    story = story_of(entry_of(*text, publisher="Model News"))
    other = story_of(entry_of(*text, publisher="Daily News", hours=1))
    Feed.objects.filter(publisher__name="Model News").update(covers_only_ai=True)
    classify_pending(now=NOW)
    story.refresh_from_db()
    other.refresh_from_db()
    assert story.relevance is not None and other.relevance is not None
    assert story.relevance > other.relevance


def test_a_follow_up_joins_the_thread_and_keeps_it() -> None:
    first, second = big_story(SUED, hours=0), big_story(FILED, hours=40)
    big_story("Mistral trains a model for banks in France", hours=30)
    classify_pending(now=NOW)
    assert Story.objects.get(pk=second.pk).thread_id == first.pk
    Story.objects.filter(pk=second.pk).update(version=2)
    Coverage.objects.filter(story=first).delete()
    classify_pending(now=NOW)
    assert Story.objects.get(pk=second.pk).thread_id == first.pk
    assert not Story.objects.exclude(pk=second.pk).exclude(thread=None).exists()


def test_a_follow_up_of_a_follow_up_found_at_once_leads_to_the_first_story() -> None:
    first, second, third = big_story(SUED, hours=0), big_story(FILED, hours=30), big_story(FILED + " again", hours=60)
    classify_pending(now=NOW)
    assert Story.objects.get(pk=second.pk).thread_id == first.pk
    assert Story.objects.get(pk=third.pk).thread_id == first.pk


def test_a_story_without_coverage_does_not_stop_the_others() -> None:
    Story.objects.create(public_id="bare", headline="Nothing", first_seen_at=at(0), last_seen_at=at(0))
    story_of(entry_of(*LAWSUIT, hours=1))
    assert classify_pending(now=NOW) == 1


def test_reads_do_not_grow_with_the_number_of_stories(django_assert_max_num_queries) -> None:
    stories = 10
    for n in range(stories):
        story_of(entry_of(LAWSUIT[0] + f" {n}", LAWSUIT[1], publisher=f"P{n}", hours=n))
    # One list of the pending, five reads, a transaction of three statements, and one conditional update a story.
    with django_assert_max_num_queries(1 + 5 + 3 + stories):
        assert classify_pending(now=NOW) == stories

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feeds.models import Entry
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.ranking.rank import passed_over, rank_stories
from newsdesk.stories.ranking.score import Ranked
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
AFTER, UNTIL = at(0), at(24)
TITLE = "Kelp raises money for an AI model that maps harbours"


def story_of(*entries: Entry, theme: str = "launches", relevance: float = 0.9, **fields: object) -> Story:
    seen = [entry.seen_at for entry in entries]
    story = Story.objects.create(
        public_id=f"s{Story.objects.count()}",
        headline=entries[0].title,
        first_seen_at=min(seen),
        last_seen_at=max(seen),
        theme=theme,
        relevance=relevance,
        is_relevant=relevance >= 0.5,
        **fields,
    )
    for entry in entries:
        Coverage.objects.create(entry=entry, story=story, clustered_at=entry.seen_at)
    return story


def ranking(after: datetime = AFTER, until: datetime = UNTIL) -> list[int]:
    return [one.story.id for one in rank_stories(after=after, until=until)]


def only() -> Ranked:
    (one,) = rank_stories(after=AFTER, until=UNTIL)
    return one


def points(one: Ranked) -> dict[str, float]:
    return {reason.name: reason.points for reason in one.reasons}


def test_more_independent_publishers_rank_higher_and_say_so() -> None:
    single = story_of(entry_of(TITLE, "Text.", publisher="One", hours=1))
    several = story_of(*(entry_of(TITLE, "Text.", publisher=f"P{n}", hours=2 + n / 10) for n in range(4)))
    ranked = rank_stories(after=AFTER, until=UNTIL)
    assert [one.story.id for one in ranked] == [several.pk, single.pk]
    assert "Reported by 4 independent publishers" in [reason.words for reason in ranked[0].reasons]
    assert ranked[0].score == pytest.approx(sum(reason.points for reason in ranked[0].reasons), abs=0.01)


def test_one_owner_or_a_copy_makes_no_second_origin() -> None:
    first = entry_of(TITLE, "Text.", publisher="One", hours=1, owner_group="Tide")
    sister = entry_of(TITLE, "Text.", publisher="Two", hours=2, owner_group="Tide")
    story_of(first, sister)
    assert "origins" not in points(only())


def test_what_is_not_ranked_for_being_no_ai_news_is_listed_likeliest_first() -> None:
    kept = story_of(entry_of(TITLE, hours=1))
    far, near = (story_of(entry_of(TITLE, hours=1), relevance=r) for r in (0.1, 0.4))
    unjudged = story_of(entry_of(TITLE, hours=1))
    Story.objects.filter(pk=unjudged.pk).update(is_relevant=None, relevance=None)
    story_of(entry_of(TITLE, hours=1), relevance=0.2, merged_into=kept)
    story_of(entry_of(TITLE, hours=1), relevance=0.2, is_hidden=True)
    story_of(entry_of(TITLE, hours=1), relevance=0.2, is_pinned=True)
    story_of(entry_of(TITLE, hours=30), relevance=0.2)
    found = passed_over(after=AFTER, until=UNTIL)
    assert [one.public_id for one in found] == [unjudged.public_id, near.public_id, far.public_id]
    assert [one.relevance for one in found] == [None, 0.4, 0.1]


def test_irrelevant_merged_and_unclassified_stories_are_left_out() -> None:
    kept = story_of(entry_of(TITLE, hours=1))
    story_of(entry_of(TITLE, hours=1), relevance=0.2)
    story_of(entry_of(TITLE, hours=1), merged_into=kept)
    unclassified = story_of(entry_of(TITLE, hours=1))
    Story.objects.filter(pk=unclassified.pk).update(is_relevant=None)
    assert ranking() == [kept.pk]


def test_the_window_is_open_at_its_start_and_closed_at_its_end() -> None:
    story_of(entry_of(TITLE, hours=0))
    inside = story_of(entry_of(TITLE, hours=24))
    story_of(entry_of(TITLE, hours=24.1))
    assert ranking() == [inside.pk]


def test_what_is_seen_after_the_end_counts_for_nothing() -> None:
    story = story_of(entry_of(TITLE, publisher="One", hours=1), entry_of(TITLE, publisher="Two", hours=30))
    before = only()
    assert before.story.id == story.pk
    assert (len(before.story.entries), before.story.origins) == (1, 1)
    assert "origins" not in points(before)


def test_a_round_up_alone_brings_no_story_back() -> None:
    old, digest = entry_of(TITLE, publisher="One", hours=-30), entry_of("This week in AI", publisher="Two", hours=3)
    story_of(old, digest)
    Coverage.objects.filter(entry=digest).update(role="round_up")
    assert ranking() == []


def test_a_story_carried_over_stands_behind_a_new_one_and_counts_its_new_origins_only() -> None:
    old = story_of(*(entry_of(TITLE, publisher=f"P{n}", hours=-20 + n) for n in range(4)), entry_of(TITLE, hours=2))
    new = story_of(*(entry_of(TITLE, publisher=f"Q{n}", hours=1 + n) for n in range(2)))
    ranked = rank_stories(after=AFTER, until=UNTIL)
    assert [one.story.id for one in ranked] == [new.pk, old.pk]
    assert points(ranked[1])["origins"] == points(ranked[0])["origins"]
    assert points(ranked[1])["carried_over"] < 0


def test_a_first_hand_report_is_named() -> None:
    story_of(entry_of(TITLE, publisher="Kelp Labs", kind="primary", hours=1))
    assert "First-hand: Kelp Labs' own announcement" in [reason.words for reason in only().reasons]


def test_well_known_subjects_rank_higher() -> None:
    small = story_of(entry_of("Kelp opens an AI lab in Oslo", hours=1))
    large = story_of(entry_of("OpenAI opens an AI lab in Oslo", hours=2))
    ranked = rank_stories(after=AFTER, until=UNTIL)
    assert [one.story.id for one in ranked] == [large.pk, small.pk]
    assert "About OpenAI" in [reason.words for reason in ranked[0].reasons]


def test_stories_without_english_headlines_only_and_opinions_rank_lower() -> None:
    plain = story_of(entry_of(TITLE, "Text.", hours=1))
    bare = story_of(entry_of(TITLE, hours=2))
    personal = story_of(entry_of("Why harbours need an AI model", "Text.", hours=3))
    foreign = story_of(entry_of("Kelp samler inn penger til AI-modell", "Tekst.", language="nb", hours=4))
    assert ranking() == [plain.pk, bare.pk, personal.pk, foreign.pk]


def test_open_models_are_moved_up_and_research_down() -> None:
    research = story_of(entry_of(TITLE, hours=1), theme="research")
    launch = story_of(entry_of(TITLE, hours=2), theme="launches")
    open_model = story_of(entry_of(TITLE, hours=3), theme="open-models")
    assert ranking() == [open_model.pk, launch.pk, research.pk]


def test_equals_come_in_the_order_seen() -> None:
    later = story_of(entry_of(TITLE, hours=5))
    earlier = story_of(entry_of(TITLE, hours=4))
    assert ranking() == [earlier.pk, later.pk]


def test_what_a_story_became_after_the_cut_off_does_not_count() -> None:
    story = story_of(entry_of("Kelp releases an open-weight language model", "The AI model has open weights.", hours=1))
    classify_pending(now=at(2))
    before = only()
    late = entry_of("Kelp football club wins the cup", "A goal in extra time.", publisher="Late", hours=30)
    Coverage.objects.create(entry=late, story=story, clustered_at=late.seen_at)
    Story.objects.update(last_seen_at=late.seen_at, relevance=0.01, is_relevant=False, theme="society", version=2)
    after = only()
    assert (after.score, after.story.theme, after.reasons) == (before.score, before.story.theme, before.reasons)


def test_a_story_that_was_off_topic_at_the_cut_off_is_not_ranked_for_what_came_later() -> None:
    early = entry_of("Kelp football club wins the cup", "A goal in extra time.", hours=1)
    late = entry_of("Kelp releases an open-weight language model", "The AI model.", publisher="Late", hours=30)
    story_of(early, late)
    assert ranking() == []


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries) -> None:
    for n in range(12):
        story_of(entry_of(f"{TITLE} {n}", publisher=f"P{n}", hours=1), entry_of(TITLE, publisher=f"Q{n}", hours=2))
    with django_assert_max_num_queries(4):
        assert len(rank_stories(after=AFTER, until=AFTER + timedelta(hours=24))) == 12


def test_a_pinned_story_ranks_before_all_others_and_says_so() -> None:
    big = story_of(*(entry_of(TITLE, "Text.", publisher=f"P{n}", hours=1) for n in range(8)))
    pinned = story_of(entry_of("Ferries stay in port", hours=2), relevance=0.1, is_pinned=True)
    assert ranking() == [pinned.pk, big.pk]
    reasons = rank_stories(after=AFTER, until=UNTIL)[0].reasons
    assert (reasons[0].name, reasons[0].words) == ("pinned", "Chosen by the editors")


def test_a_hidden_story_is_left_out_pinned_or_not() -> None:
    story_of(entry_of(TITLE, hours=1), is_hidden=True)
    story_of(entry_of(TITLE, hours=2), is_hidden=True, is_pinned=True)
    assert ranking() == []


def test_an_editors_headline_and_theme_hold_for_a_story_that_has_grown_since() -> None:
    story = story_of(
        entry_of(TITLE, "Text.", hours=1),
        entry_of("Something else", publisher="Later", hours=30),
        theme="people",
        is_headline_edited=True,
        is_theme_edited=True,
        relevance=0.9,
    )
    Story.objects.filter(pk=story.pk).update(headline="As the editor says")
    story = only().story
    assert (story.is_whole, story.headline, story.theme) == (False, "As the editor says", "people")


@pytest.mark.parametrize(
    ("title", "name", "is_so"),
    [
        ("Harbours map themselves, an AI model reads a menu, and the whale that paid a toll", "chatter", True),
        ("The Download: harbours and AI models", "chatter", True),
        ("AI model maps harbours, lakes, and rivers", "chatter", False),
        ("Should you buy the shares of AI model maker Kelp?", "forecast", True),
        ("AI model maker Kelp's shares could double", "forecast", True),
        ("AI model maker Kelp sells shares to its staff", "forecast", False),
        ("Judge bars Kelp's AI model from harbours after a lawsuit", "weighty", True),
        ("Kelp buys AI model maker Brine for $2.5 billion", "weighty", True),
        ("AI model of Kelp maps harbours", "weighty", False),
        ("Here's how an AI model maps harbours", "personal", True),
    ],
)
def test_what_kind_of_news_a_headline_tells_counts(title: str, name: str, is_so: bool) -> None:
    story_of(entry_of(title, "Text.", hours=1))
    assert (name in points(only())) is is_so


def test_one_post_among_reports_makes_no_chatter_of_a_story() -> None:
    titles = (TITLE, "The Download: harbours", "Kelp finds money for its AI model")
    story_of(*(entry_of(title, "Text.", publisher=f"P{n}", hours=1) for n, title in enumerate(titles)))
    assert "chatter" not in points(only())


def test_a_story_that_only_repeats_the_days_before_ranks_lower_and_says_so() -> None:
    told = story_of(entry_of("Kelp raises $40 million for a model of Oslo harbour by OpenAI", publisher="A", hours=-5))
    again = story_of(entry_of("Kelp raises $40 million for OpenAI model of Oslo harbour", publisher="B", hours=1))
    fresh = story_of(entry_of("OpenAI buys Brine, which trains the pilots of ferries", publisher="C", hours=2))
    ranked = rank_stories(after=AFTER, until=UNTIL)
    assert [one.story.id for one in ranked] == [fresh.pk, again.pk]
    assert ranked[1].novelty is not None and ranked[1].novelty.of == told.pk
    assert "Says nothing that was not reported in the days before" in [reason.words for reason in ranked[1].reasons]


def test_what_was_reported_after_the_window_opened_is_no_yesterday() -> None:
    story_of(entry_of("Kelp raises $40 million for a model of Oslo harbour by OpenAI", publisher="A", hours=1))
    story_of(entry_of("Kelp raises $40 million for OpenAI model of Oslo harbour", publisher="B", hours=2))
    assert all("novelty" not in points(one) for one in rank_stories(after=AFTER, until=UNTIL))


def test_old_news_ranks_lower_and_says_since_when() -> None:
    fresh = story_of(entry_of(TITLE, "Text.", hours=2))
    entry = entry_of(TITLE, "Text.", hours=1)
    Entry.objects.filter(pk=entry.pk).update(published_at=at(-24 * 62))
    old = story_of(entry)
    ranked = rank_stories(after=AFTER, until=UNTIL)
    assert [one.story.id for one in ranked] == [fresh.pk, old.pk]
    assert "Old news: first published 3 March" in [reason.words for reason in ranked[1].reasons]

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsdesk.stories.threads.follow_up import (
    THREAD_WINDOW,
    Threader,
    ToldStory,
    core_terms,
    is_development,
    story_terms,
)

START = datetime(2031, 5, 1, 9, tzinfo=UTC)
SUED = "Anthropic sues the Pentagon over its supply chain risk designation"
FILED = "Filing: the Pentagon defends supply chain risk designation of Anthropic before the judge"
FILLER = ("OpenAI opens an office in Oslo", "Nvidia ships a new rack to clouds", "Mistral trains a model for banks")


def told(number: int, *titles: str, hours: float = 0, reports: int = 3, root: int = 0) -> ToldStory:
    seen = START + timedelta(hours=hours)
    return ToldStory(number, root or number, seen, seen, reports, story_terms(titles))


def filler() -> list[ToldStory]:
    return [told(100 + n, title, hours=n) for n, title in enumerate(FILLER)]


def test_a_new_development_joins_the_thread_of_the_first_story() -> None:
    first, second = told(1, SUED), told(2, FILED, hours=40)
    assert Threader([first, second, *filler()]).root_for(second) == 1


def test_the_root_is_the_first_story_of_the_thread_not_the_last() -> None:
    first, second, third = told(1, SUED), told(2, FILED, hours=40, root=1), told(3, FILED + " again", hours=60)
    assert Threader([first, second, third, *filler()]).root_for(third) == 1


def test_the_earlier_story_follows_nothing() -> None:
    first, second = told(1, SUED), told(2, FILED, hours=40)
    assert Threader([first, second, *filler()]).root_for(first) is None


def test_the_same_company_with_other_news_is_no_thread() -> None:
    first, other = told(1, SUED), told(2, "Anthropic opens an office in Oslo with forty engineers", hours=40)
    assert Threader([first, other, *filler()]).root_for(other) is None


SCHEDULE = "Quarry opens a ferry timetable model to harbours in Norland"
SCHEDULED = "Ferry timetable model of Quarry reaches the first harbours of Norland"


def test_a_story_that_nobody_else_reported_starts_no_thread_but_in_a_dispute() -> None:
    for reports, root in ((3, 1), (1, None)):
        first, second = told(1, SCHEDULE, reports=reports), told(2, SCHEDULED, hours=40)
        assert Threader([first, second, *filler()]).root_for(second) == root
    first, second = told(1, SUED, reports=1), told(2, FILED, hours=40)
    assert Threader([first, second, *filler()]).root_for(second) == 1


def mentioning(title: str) -> ToldStory:
    return replace(told(1, title), core=core_terms([title]))


def test_what_a_story_only_mentions_is_not_what_another_follows() -> None:
    """The Pentagon's search for others follows its dispute with Anthropic, not a deal made "amid" that."""
    second = told(2, "The Pentagon is developing alternatives to Anthropic, report says", hours=40)
    for title, root in (
        ("OpenAI sells its models to agencies amid the dispute of Anthropic and the Pentagon", None),
        ("The Pentagon and Anthropic cut their ties in a dispute", 1),
    ):
        assert Threader([mentioning(title), second, *filler()]).root_for(second) == root


def test_a_company_and_its_product_are_no_matter_where_each_has_others() -> None:
    first = told(1, "Judge orders Perplexity to keep Comet from shopping on Amazon")
    second = told(2, "Perplexity launches Comet for the iPhone with an assistant", hours=40)
    assert Threader([first, second, *filler()]).root_for(second) is None


def test_a_rare_product_alone_is() -> None:
    first = told(1, "NVIDIA DLSS 5 brings a breakthrough in games")
    second = told(2, "'It looks like wax': players of games mock Nvidia DLSS 5", hours=40)
    assert Threader([first, second, *filler()]).root_for(second) == 1


@pytest.mark.parametrize(
    ("title", "is_so"),
    [
        ("‘Fjord Talk’: ferry lawsuits, harbour memes, and what comes for pilots", False),
        ("'I took it for a joke': Quarry shows its ferry model, and captains are furious", True),
        ("Why I gave up on ferry models", False),
    ],
)
def test_a_quotation_is_no_comment_but_a_list_of_topics_is(title: str, is_so: bool) -> None:
    assert is_development([title]) is is_so


def test_what_one_title_of_many_is_about_is_not_what_the_story_is_about() -> None:
    titles = ["Nvidia expects a trillion dollars from chips"] * 7
    terms = story_terms([*titles, "Nvidia shows Groq racks"])
    assert "@nvidia" in terms
    assert "@groq" not in terms


def test_a_thread_ends_by_itself() -> None:
    late = THREAD_WINDOW.total_seconds() / 3600 + 1
    first, second = told(1, SUED), told(2, FILED, hours=late)
    assert Threader([first, second, *filler()]).root_for(second) is None


def test_subjects_in_the_news_all_day_are_no_thread() -> None:
    crowd = [told(10 + n, f"Nvidia tells OpenAI about subject{n}", hours=n) for n in range(12)]
    first = told(1, "Nvidia and OpenAI agree on chips for a campus in the desert")
    second = told(2, "Campus in the desert gets its first chips, say Nvidia and OpenAI", hours=40)
    assert Threader([first, second]).root_for(second) == 1
    assert Threader([first, second, *crowd]).root_for(second) is None


def test_a_company_and_a_ministry_that_mostly_come_together_are_in_dispute() -> None:
    crowd = [told(10 + n, f"Anthropic tells the Pentagon about subject{n}", hours=n, root=1) for n in range(12)]
    first, second = told(1, SUED), told(2, "Retired judges take the side of Anthropic against the Pentagon", hours=40)
    assert Threader([first, second, *crowd]).root_for(second) == 1
    apart = [told(10 + n, f"{name} opens office {n}", hours=n) for n in range(30) for name in ("Anthropic", "Pentagon")]
    assert Threader([first, second, *apart]).root_for(second) is None


def test_two_names_of_which_one_is_rare_are_a_thread() -> None:
    first = told(1, "Mystery model Tern Alpha tops the tables of a benchmark")
    second = told(2, "Quarry says that Tern Alpha was a test of its next model", hours=40)
    assert Threader([first, second, *filler()]).root_for(second) == 1
    crowd = [told(10 + n, f"A test of Tern Alpha in kitchen{n}", hours=n) for n in range(6)]
    assert Threader([first, second, *crowd, *filler()]).root_for(second) is None


def test_like_news_of_a_rival_needs_more_likeness() -> None:
    years = "over four years at sites in fjords, with steam from wells and heat for farms"
    first = told(1, f"Nvidia strikes a multibillion chip deal with Moonshot to deploy racks {years}")
    matters = "racks, land, cooling, water, power, pipes and cables near an old vineyard outside town"
    for partner, root in (("a partner", 1), ("Mistral", None)):
        second = told(2, f"Nvidia strikes a deal with {partner} over {matters}", hours=40)
        assert Threader([first, second, *filler()]).root_for(second) == root


@pytest.mark.parametrize(
    "comment",
    [
        "Why Anthropic should sue the Pentagon",
        "Is Anthropic a supply chain risk to the Pentagon?",
        "I tried Claude again",
    ],
)
def test_comment_follows_up_nothing(comment: str) -> None:
    first = told(1, SUED)
    second = replace(told(2, FILED, comment, hours=40), is_development=is_development([comment]))
    assert Threader([first, second, *filler()]).root_for(second) is None
    assert is_development([SUED, FILED, comment])


def test_terms_leave_out_figures_credits_and_words_of_the_trade() -> None:
    terms = story_terms(["Launch HN: OpenAI raises $40 billion for an AI tool (Ada Berg/The Fjord Times)"])
    assert terms == {"@openai", "rais"}


def test_a_lab_and_its_model_are_no_matter() -> None:
    first = told(1, "Anthropic gives Claude Sonnet 4.6 a longer memory")
    second = told(2, "Claude Sonnet 4.6 of Anthropic fails in Oslo", hours=40)
    daily = [told(10 + n, f"Anthropic opens an office in town{n}", hours=n) for n in range(6)]
    assert Threader([first, second, *daily, *filler()]).root_for(second) is None

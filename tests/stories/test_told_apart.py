"""Events of one kind stay apart however alike their words; one event told in other words stays one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.comparing.profile import profile
from newsdesk.stories.clustering.comparing.told_apart import are_told_apart, share_a_rare_name
from newsdesk.stories.clustering.item import Item
from tests.stories.rows import NOON

APART = {
    "another acts": ("Marlow raises $45 million for AI tutors", "Pendry raises $45 million for AI tractors"),
    "a registered one acts": ("Cohere opens AI research lab in Zurich", "Mistral opens AI research lab in Zurich"),
    "on another": ("Tarn sues Hollin over AI voice cloning", "Tarn sues Vexley over AI voice cloning"),
    "another sues": ("Tarn sues Hollin over AI voice cloning", "Book publisher Isel sues Hollin over AI voice cloning"),
    "elsewhere": ("Hollin plans AI chip factory in Austria", "Hollin plans AI chip factory in Latvia"),
    "another product": (
        "Serious bug in AI proxy Gantry exposes logs",
        "Serious bug in AI proxy Mooring exposes keys",
    ),
    "once more": ("Serious bug in AI proxy Gantry exposes logs", "Second serious bug in AI proxy Gantry wipes data"),
    "no names": (
        "A recipe for shrinking vision models with random masks",
        "A recipe for merging vision models with shared layers",
    ),
}
TOGETHER = {
    "the maker for the product": ("ChatGPT is down for users in Europe", "OpenAI is down for users in Europe"),
    "who speaks for whom": ("Jensen Huang expects AI chip sales to double", "Nvidia expects AI chip sales to double"),
    "another agency": ("Pentagon bans AI tool Sable from its networks", "DoD bans AI tool Sable from its networks"),
    "a byline behind": ("Marlow raises $45 million (Ann Lee/Axios)", "Marlow raises $45 million (Bo Li/Bloomberg)"),
    "other words": ("Marlow raises $45 million for AI tutors", "AI tutor start-up Marlow collects $45m in new round"),
    "no name in one": ("Marlow raises $45 million for AI tutors", "Start-up raises $45 million for AI tutors"),
    "no names at all": ("Hackers steal model weights from Hollin", "Intruders steal model weights from Hollin"),
    "what happened in other words": ("Outage stops Hollin's AI chatbot", "Failure stops Hollin's AI chatbot"),
}


def are_apart(one: str, other: str) -> bool:
    return are_told_apart(profile(one, "", "a"), [profile(other, "", "b")])


@pytest.mark.parametrize("titles", APART.values(), ids=APART)
def test_who_acts_on_whom_where_and_which_tell_events_apart(titles: tuple[str, str]) -> None:
    one, other = titles
    assert are_apart(one, other) and are_apart(other, one)
    stories = {decided(one, other)[0], decided(one, other)[1]}
    assert len(stories) == 2


@pytest.mark.parametrize("titles", TOGETHER.values(), ids=TOGETHER)
def test_other_words_for_the_same_do_not(titles: tuple[str, str]) -> None:
    one, other = titles
    assert not are_apart(one, other) and not are_apart(other, one)


def test_in_titles_of_capitals_the_text_tells_what_is_a_name() -> None:
    one = profile("MARLOW RAISES $45 MILLION FOR AI TUTORS", "The start-up Marlow has new money for its tutors.", "a")
    other = profile("Pendry Raises $45 Million For AI Tractors", "The start-up Pendry has new money for tractors.", "b")
    assert are_told_apart(one, [other]) and are_told_apart(other, [one])


def test_a_word_that_may_begin_any_title_is_a_name_where_the_text_has_it_so() -> None:
    fresh, other = "Fresh mends AI browser flaw", "Open mends AI browser flaw"
    said = profile(fresh, "A flaw in the browser of Fresh was found.", "a")
    assert are_told_apart(said, [profile(other, "A flaw in the browser of Open was found.", "b")])
    assert not are_told_apart(profile(fresh, "", "a"), [profile(other, "", "b")])


def test_a_name_that_the_other_report_mentions_further_down_is_no_other() -> None:
    one = profile("Tarn sues Hollin over AI voice cloning", "The singer's label Isel joined the suit.", "a")
    other = profile("Isel sues Hollin over AI voice cloning", "Isel and others went to court.", "b")
    assert not are_told_apart(other, [one])


def test_the_report_most_like_it_decides() -> None:
    factory = profile("Hollin plans AI chip factory in Austria", "", "a")
    suit = profile("Tarn sues Hollin over AI voice cloning", "", "b")
    assert are_told_apart(profile("Hollin plans AI chip factory in Latvia", "", "c"), [suit, factory, suit])


def test_a_name_that_no_registry_knows_is_rare() -> None:
    known = [profile("OpenAI answers critics", "", "a")]
    assert not share_a_rare_name(profile("OpenAI opens an office", "", "b"), known)
    assert share_a_rare_name(profile("Hollin answers critics", "", "b"), [profile("Regulator warns Hollin", "", "a")])


def decided(*titles: str) -> list[str]:
    """The stories in which the clusterer puts these reports, a quarter of an hour between two."""
    clusterer = Clusterer()
    items = [
        Item(
            key=number,
            founds=f"s{number}",
            seen_at=NOON + timedelta(minutes=15 * number),
            title=title,
            text=title,
            publisher=f"outlet{number}",
            language="en",
        )
        for number, title in enumerate(titles)
    ]
    return [clusterer.add(item).story for item in items]

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from newsdesk.digests.prose.headlines import SourceTitle, choose
from newsdesk.digests.prose.shortening import fit
from newsdesk.stories.titles.cleaning import printed_title


@pytest.mark.parametrize(
    ("title", "publisher", "expected"),
    [
        ("Lab opens in Oslo | The Fjord Times", "The Fjord Times", "Lab opens in Oslo"),
        ("Lab opens in Oslo - Reuters", "Somebody", "Lab opens in Oslo"),
        ("EXCLUSIVE: Lab opens in Oslo...", "", "Lab opens in Oslo"),
        ("Lab plans an office (Ada Berg/The Fjord Times)", "", "Lab plans an office"),
        ("🚀 Lab opens in Oslo", "", "Lab opens in Oslo"),
        ("Sources: lab plans an office", "", "Sources: lab plans an office"),
        ("GPT-9 - the next step", "Other", "GPT-9 - the next step"),
    ],
)
def test_clean(title: str, publisher: str, expected: str) -> None:
    assert printed_title(title, publisher) == expected


def test_a_long_title_is_cut_at_a_clause() -> None:
    title = (
        "Harrow Labs raises $400 million to build weather models; the round is led by Fjord Capital and others in Oslo"
    )
    assert fit(title) == "Harrow Labs raises $400 million to build weather models"


def test_a_list_is_never_cut_short_as_if_it_were_whole() -> None:
    title = (
        "Harrow Labs adds its weather models to calendars, ferries, trains, lighthouses, harbours, and airport towers"
    )
    assert fit(title).endswith("…")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "Norwegian regulator opens inquiry into ferry chatbot Harbour, orders register of all similar tools",
            "Norwegian regulator opens inquiry into ferry chatbot Harbour",
        ),
        (
            "Harrow Labs plans to raise $3 billion in convertible debt to fund its data centres on the coast of Norway",
            "Harrow Labs plans to raise $3 billion in convertible debt",
        ),
        (
            "The old vision of Harrow Labs for the weather of the seas is effectively over, after it changed its name",
            "The old vision of Harrow Labs for the weather of the seas is effectively over",
        ),
        (
            "Sources: Harrow Labs weighs legal action against Fjord Cloud and others over whether ferries can use maps",
            "Sources: Harrow Labs weighs legal action against Fjord Cloud and others",
        ),
    ],
)
def test_a_long_title_ends_at_its_clause(title: str, expected: str) -> None:
    assert fit(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "A man accused of sending false storm warnings to ferries, making a fortune, pleads guilty in Oslo",
        "Harrow Labs told ferry staff who had asked about its military contracts that the company is leaning in",
        "At a meeting of all staff the head of Harrow Labs said he expects weather models to help ferries to save fuel",
        "Harrow Labs, which builds high-fidelity storm environments that simulate fjords, raised $40 million from Kelp",
    ],
)
def test_no_cut_that_would_change_what_is_said(title: str) -> None:
    assert fit(title).endswith("…")


def test_a_shorter_title_is_better_than_a_cut_one() -> None:
    long = "Harrow Labs of Oslo ships weather models for ferry crews and lighthouse keepers across every northern port"
    short = "Harrow Labs ships weather models for ferry crews"
    shared = dict.fromkeys(["harrow", "lab", "weather", "model", "ferry"], 1.0)
    assert choose([SourceTitle(long, "A", 0.9), SourceTitle(short, "B", 0.5)], shared) == short


def test_cutting_at_a_word_is_the_last_resort_and_marked() -> None:
    cut = fit("Harrow Labs " + "very " * 30 + "slowly opens")
    assert len(cut) <= 90 and cut.endswith("…") and not cut.endswith(" …")


@pytest.mark.parametrize(
    "worse",
    [
        "You won't believe what Harrow Labs did with $400 million",
        "Why is Harrow Labs raising $400 million for weather models?",
        "I tried the weather models of Harrow Labs, and they raised $400 million",
        "Harrow Labs raises...",
        "Everything you need to know about Harrow Labs weather models",
    ],
)
def test_the_plain_title_wins(worse: str) -> None:
    plain = "Harrow Labs raises $400 million to build weather models"
    shared = dict.fromkeys(["harrow", "lab", "$400", "million", "weather", "model"], 1.0)
    assert choose([SourceTitle(worse, "A", 0.6), SourceTitle(plain, "B", 0.5)], shared) == plain


def test_never_longer_than_90() -> None:
    assert len(choose([SourceTitle("Harrow Labs of Oslo and its many friends " * 5, "A", 0.5)], {})) <= 90


EQUALS = """
from newsdesk.digests.prose.headlines import SourceTitle, choose

weights = (0.1, 0.2, 0.3, 0.7, 0.11, 0.13)
first = "Brine sues Skerry over fjord rights and larch tolls"
second = "Moss sues Kelp over ferry fares and alder dues"
shared = dict(zip("brine skerry fjord right larch toll".split(), weights))
shared |= dict(zip("moss kelp ferry fare alder due".split(), weights))
print(choose([SourceTitle(title, "", 0.5) for title in (first, second)], shared))
"""
# Seeds of string hashes; with the second of them a plain sum of the weights comes out in favour of the second title.
SEEDS = (0, 6)


def test_among_equals_the_first_wins_in_every_process() -> None:
    """The words of a title are a set, and its order is another in every process."""
    chosen = {
        subprocess.run(
            [sys.executable, "-c", EQUALS],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in SEEDS
    }
    assert chosen == {"Brine sues Skerry over fjord rights and larch tolls\n"}


@pytest.mark.parametrize(
    "title",
    [
        "[Debunked] Kelp chip sends the logs of its ferries to a server abroad",
        "Kelp ferries sink in calm water (Satire)",
        "[Sponsored Post] Kelp doubles the speed of every port",
        "Kelp chips smuggled to Ruritania, official says (Unconfirmed)",
        "[Retracted] Kelp model foresees storms a year ahead",
        "(Not peer-reviewed) Kelp model foresees storms a year ahead",
    ],
)
def test_a_label_that_says_not_so_or_paid_for_never_falls_off(title: str) -> None:
    assert choose([SourceTitle(title, "Fjord Times", 0.5)], {}) == title


def test_other_labels_do() -> None:
    for title in ("[Update] Kelp opens its weights", "Kelp opens its weights (Skerry)"):
        assert choose([SourceTitle(title, "Skerry", 0.5)], {}) == "Kelp opens its weights"


def test_a_label_at_the_end_of_a_long_title_stays() -> None:
    title = "Kelp Labs opens the weights of its Harbour model, citing pressure from ports that feared a lock-in (Hoax)"
    assert choose([SourceTitle(title, "", 0.5)], {}) == "Kelp Labs opens the weights of its Harbour model (Hoax)"


@pytest.mark.parametrize(
    "title",
    [
        "Judge rules that Mendry can sue Copperfield over the books of its model unless they agree by the end of June",
        "Kelp Labs to give its next model to harbours for free only if Norland's parliament changes its rules",
        "Port wardens in six countries do not believe that Kelp's chips, as some reports had said, send logs abroad",
        "A letter that says Kelp Labs leaks the bank details of ten thousand captains, and names three, is false",
    ],
)
def test_no_title_is_cut_before_what_turns_it(title: str) -> None:
    assert choose([SourceTitle(title, "", 0.5)], {}) == title

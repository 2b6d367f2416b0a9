from __future__ import annotations

import time

import pytest

from newsdesk.stories.origins.attribution import agency_of, cited_outlets, is_own_finding, named_outlet
from newsdesk.stories.origins.outlets import outlet_named
from newsdesk.stories.origins.publishers import count_publishers, origin_of, publishers_by_owner
from tests.stories.reports import report


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Memo: Kelp lays off 90 (Mona Dahl/The Fjord Times)", "The Fjord Times"),
        ("Memo: Kelp lays off 90 (Mona Dahl/Reuters)", "Reuters"),
        ("Memo: Kelp lays off 90 (WSJ)", "The Wall Street Journal"),
        ("Kelp lays off 90, according to The Verge", "The Verge"),
        ("Kelp lays off 90, via Axios", "Axios"),
        ("Kelp lays off 90, citing the Financial Times", "Financial Times"),
        ("Kelp lays off 90, Reuters reports", "Reuters"),
        ("Kelp lays off 90 – Bloomberg reports", "Bloomberg"),
        ("NYT: ‘Kelp Lays Off 90’", "The New York Times"),
        ("The Information: Kelp lays off 90", "The Information"),
        ("Reuters reports Kelp lays off 90", "Reuters"),
        ("Kelp lays off 90 (and hires ten)", ""),
        ("How to harden a harbour (Before/After)", ""),
        ("Kelp lays off 90, Kelp says", ""),
        ("Kelp lays off 90, OpenAI says", ""),
        ("Kelp lays off 90, according to its chief executive", ""),
        ("Time for a new harbour model", ""),
        ("Information: how to find a berth", ""),
        ("Reuters sues Kelp over photographs", ""),
        ("Kelp lays off 90 of its people", ""),
        ("", ""),
    ],
)
def test_a_title_names_its_source(title: str, name: str) -> None:
    found = named_outlet(title)
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kelp buys Brine, as first reported by Axios. More follows.", ["Axios"]),
        ("Kelp buys Brine, The Information reported on Monday.", ["The Information"]),
        ("Kelp will buy Brine, according to a new report from the Wall Street Journal.", ["The Wall Street Journal"]),
        ("Kelp will buy Brine, Bloomberg's Mona Dahl reports.", ["Bloomberg"]),
        ("A Reuters report says that Kelp will buy Brine.", ["Reuters"]),
        ("The New York Times, citing three officials, said Kelp would buy Brine.", ["The New York Times"]),
        ("Kelp told the Financial Times that it would buy Brine.", ["Financial Times"]),
        ("Kelp buys Brine, reports CNBC. The deal closes in May, Axios reports.", ["CNBC", "Axios"]),
        ("Mona Dahl, writing for The Verge (gift link): Kelp buys Brine.", ["The Verge"]),
        ("An anonymous reader quotes a report from Ars Technica: Kelp buys Brine.", ["Ars Technica"]),
        ("Kelp buys Brine, per the WSJ.", ["The Wall Street Journal"]),
        ("Source: Nikkei Asia", ["Nikkei"]),
        ("Kelp kauft Brine, laut Handelsblatt noch im Mai.", ["Handelsblatt"]),
        ("据《金融时报》报道，凯尔普将收购布莱恩。", ["Financial Times"]),
        # Not the source of the news: background, an AI company, plain words, a company that happens to publish.
        ("In 2024 Reuters reported that Kelp was for sale. Now Kelp buys Brine.", []),
        ("OpenAI says that it buys Brine. Anthropic told investors so.", []),
        ("It is time, says Kelp. A Fortune 500 company reported losses.", []),
        ("The chief information officer told the national guard so. An Australian said the same.", []),
        ("Photo: Bloomberg via Getty Images. Kelp buys Brine.", []),
        ("One. Two. Three. Kelp then told CNBC that it is happy.", []),
        ("", []),
    ],
)
def test_a_text_names_its_sources(text: str, names: list[str]) -> None:
    assert [outlet.name for outlet in cited_outlets(text)] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BERGEN, May 4 (Reuters) - Kelp buys Brine.", "Reuters"),
        ("NEW YORK (AP) — Kelp buys Brine.", "Associated Press"),
        ("OSLO: (AFP) Kelp buys Brine.", "Agence France-Presse"),
        ("Kelp buys Brine.\n\n(Reporting by Mona Dahl in Bergen; Editing by Per Holm)", "Reuters"),
        ("Kelp buys Brine. - Bernama", "Bernama"),
        ("By Mona Dahl, Associated Press\nKelp buys Brine.", "Associated Press"),
        ("凯尔普将收购布莱恩。（新华社）", "Xinhua"),
        ("Kelp (the lab) - a portrait", ""),
        ("Reuters - the agency - is sold.", ""),
        ("A picture shows the crane. (AFP pic) Kelp buys Brine.", ""),
    ],
)
def test_an_agency_signs_its_text(text: str, name: str) -> None:
    found = agency_of(text)
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("Kelp buys Brine, Axios reported. Kelp confirmed the sale to Fjord Times.", True),
        ("Kelp buys Brine, Axios reported. In a statement to Fjord Times, Kelp said so.", True),
        ("Fjord Times has independently confirmed the sale.", True),
        ("A person familiar with the matter told us so.", True),
        ("Kelp buys Brine, Axios reported.", False),
        ("Kelp buys Brine, Axios reported. The price has not been independently verified.", False),
        ("Kelp told Axios so. Fjord Times asked Kelp for comment.", False),
    ],
)
def test_a_report_may_confirm_what_others_reported(text: str, is_own: bool) -> None:
    assert is_own_finding(text, "The Fjord Times") == is_own
    named = origin_of(report("The Fjord Times", text=text))
    assert (named is None) == is_own


def test_origin_of_an_entry() -> None:
    scoop = "Kelp buys Brine, as first reported by The Information."
    origin = origin_of(report("Fjord Times", text=scoop))
    assert origin is not None and origin.name == "The Information"
    assert origin_of(report("The Information", text="Kelp buys Brine, The Information reported.")) is None
    assert origin_of(report("theinformation.com", text=scoop)) is None
    assert origin_of(report("Kelp Labs", text=scoop, kind="primary")) is None
    assert origin_of(report("Crunchbase.com", text="Kelp told Crunchbase News that it raised millions.")) is None
    assert origin_of(report("The Verge", text="Kelp buys Brine, Vox reports.", owner="Vox Media")) is None


def test_ten_rewrites_of_one_scoop_are_one_origin() -> None:
    rewrites = [report(f"Paper {n}", text="Kelp buys Brine, according to The Information.") for n in range(10)]
    assert count_publishers(rewrites) == 1
    assert count_publishers([*rewrites, report("The Information")]) == 1
    assert count_publishers([*rewrites, report("The Information"), report("Reuters")]) == 2
    by_site = report("theinformation.com", owner="theinformation-com")
    assert count_publishers([*rewrites, by_site]) == 1


def test_owner_groups_copies_and_round_ups() -> None:
    assert count_publishers([report("One"), report("Two"), report("Three", owner="Two")]) == 2
    assert count_publishers([report("One"), report("Two", role="copy"), report("Three", role="round_up")]) == 1
    assert count_publishers([]) == 0
    # Two outlets of one owner, neither with a report in the story.
    wired = report("A", text="Kelp buys Brine, Wired reported.")
    ars = report("B", text="Kelp buys Brine, Ars Technica reported.")
    assert count_publishers([wired, ars]) == 1
    assert count_publishers([wired, ars, report("The New Yorker", owner="Condé Nast")]) == 1


def test_an_agency_s_text_counts_as_the_agency_s() -> None:
    wire = "BERGEN, May 4 (Reuters) - Kelp buys Brine."
    assert count_publishers([report("One", text=wire), report("Two", "Kelp to buy Brine", wire)]) == 1
    assert count_publishers([report("One", text=wire), report("Two")]) == 2


def test_chains_and_rings_of_sources_end_in_one_origin() -> None:
    first = report("CNBC", text="Kelp buys Brine, Axios reported.")
    second = report("Paper", text="Kelp buys Brine, CNBC reported.")
    assert publishers_by_owner([second, first]) == {"Paper": "axios", "CNBC": "axios"}
    own = report("CNBC", "Kelp's price for Brine")
    assert count_publishers([second, first, own]) == 1
    assert set(publishers_by_owner([second, first, own]).values()) == {"CNBC"}
    ring = [
        report("CNBC", text="Kelp buys Brine, Axios reported."),
        report("Axios", text="Kelp buys Brine, CNBC reported."),
    ]
    assert count_publishers(ring) == count_publishers(ring[::-1]) == 1


def test_names_of_outlets() -> None:
    for name in ("WSJ", "wsj.com", "The Wall Street Journal", "wall street journal"):
        outlet = outlet_named(name)
        assert outlet is not None and (outlet.name, outlet.owner) == ("The Wall Street Journal", "Dow Jones")
    assert outlet_named("OpenAI") is None
    assert outlet_named("") is None


def test_hostile_texts_are_read_in_time() -> None:
    started = time.process_time()
    for text in ("A B C D " * 9_000, "told the " * 9_000, "(" * 50_000, "Reuters, " * 9_000, "X's Y's " * 9_000):
        origin_of(report("Fjord Times", text[:500], text))
    assert time.process_time() - started < 2

from __future__ import annotations

import pytest

from newsdesk.stories.titles.round_up import is_round_up


@pytest.mark.parametrize(
    "title",
    [
        "The Download: ports that plan themselves, and who owns the sea floor",
        "This week on Low Tide: cranes",
        "In case you missed it: Kelp opens its weights",
        "Weekend reads: harbours and herring",
        "Catch up on all the news from the Kelp keynote",
        "The Week's 10 Biggest Funding Rounds: Boats Again",
        "Fed rates, Brine's results: the week ahead",
        "What are you doing this weekend?",
        "ICYMI: five stories about cranes",
        "5 takeaways from Marram's hearing",
        "Mein Wochenrückblick: Häfen und Modelle",
        "海港周刊：港口模型",
        "今週の港：モデル公開",
        "Kelp Goes to Court + Is Fog Real? + How a Ferry Lost Its Name",
        "Kelp and the Navy: Who Wins? | The Crane Arms Race | Our Stock Picks Today",
    ],
)
def test_titles_that_tell_many_stories(title: str) -> None:
    assert is_round_up(title, "Fjord Times")


@pytest.mark.parametrize(
    "title",
    [
        "Thailand's new parliament to open this weekend",
        "Sources: Kelp may open its weights as soon as this week",
        "Kelp moves to weekly releases after ten years of monthly ones",
        "How to build a daily digest with Harbour 2 + Tide + mail",
        "kelp/harbour: plans berths | reads tides | learns cranes",
        "Harbour 2 Promo Code | Harbour Coupon Code 2026 | Build a Harbour & Save",
        "Google Search replaces headlines with its own",
        "Marram says it fixed issues in nine ports",
        "Kelp's daily briefly stops",
        "",
    ],
)
def test_titles_that_tell_one_story(title: str) -> None:
    assert not is_round_up(title, "Fjord Times")

from __future__ import annotations

import pytest

from newsdesk.stories.stems import stem
from newsdesk.stories.text import lead, normalise, tokenize
from newsdesk.stories.titles.cleaning import clean_title


def test_normalise_folds_what_publishers_write_differently() -> None:
    assert (
        normalise("Kelp&#8217;s \u201cHar\u00adbour\u200b\u201d \u2014 <b>new</b>\u00a0model\u2026")
        == 'Kelp\'s "Harbour" - new model...'
    )
    assert normalise("Ｈａｒｂｏｕｒ &amp; Co") == "Harbour & Co"
    assert normalise("if a < b and c > d") == "if a < b and c > d"


@pytest.mark.parametrize(
    ("title", "publisher", "clean"),
    [
        ("Kelp Labs opens its weights - Fjord Times", "Fjord Times", "Kelp Labs opens its weights"),
        ("Kelp Labs opens its weights to all | Silicon Shore", "", "Kelp Labs opens its weights to all"),
        ("Kelp Labs - the harbour start-up", "Fjord Times", "Kelp Labs - the harbour start-up"),
        ("Harbour 2 | Kelp Labs", "", "Harbour 2 | Kelp Labs"),
    ],
)
def test_clean_title_cuts_the_publisher_only(title: str, publisher: str, clean: str) -> None:
    assert clean_title(title, publisher) == clean


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$27 billion", "$27B"),
        ("$1,200 million", "$1200m"),
        ("10 percent", "10%"),
        ("Harbour-2.1", "Harbour 2.1"),
        ("CVE-2026-99101", "cve-2026-99101"),
        ("models", "model"),
        ("ministry's", "ministries"),
        ("launching", "launched"),
    ],
)
def test_tokenize_makes_spellings_equal(one: str, other: str) -> None:
    assert tokenize(one) == tokenize(other) != []


def test_tokenize_keeps_what_differs_apart() -> None:
    assert tokenize("$27b") != tokenize("$27m")
    assert tokenize("GPT-5.4") != tokenize("GPT-5.5")
    assert stem("glass") == "glass"
    assert stem("Seoul".lower()) == "seoul"


def test_chinese_and_japanese_become_pairs() -> None:
    assert tokenize("港口模型 GPT") == ["港口", "口模", "模型", "gpt"]
    assert tokenize("モデル") == ["モデ", "デル"]
    assert tokenize("港") == ["港"]


def test_lead_leaves_out_what_feeds_append() -> None:
    text = "Harbour 2 plans berths. https://kelp.example/x The post Harbour 2 appeared first on Fjord Times."
    assert lead(text, 50).split() == ["Harbour", "2", "plans", "berths."]
    assert lead("one two three four", 2) == "one two"

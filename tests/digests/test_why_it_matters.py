from __future__ import annotations

import pytest

from newsdesk.digests.prose.why_it_matters import LEAST_WEIGHT, is_void, weight_of_reason
from newsdesk.digests.telling.passages import passages
from tests.digests.invented import entry


@pytest.mark.parametrize(
    "sentence",
    [
        "The storm shows how much of the ferry trade rests on one forecast, said Professor Ingrid Moe of Bergen.",
        "It is the first case in Norway in which a company was found liable for a forecast.",
        "Lawyers said the distinction could guide dozens of pending cases.",
        "The exit leaves the company without a head of research before the season.",
        "About nine companies would be affected at first, according to an analysis by the ministry.",
        "The cut was about twice what analysts had expected.",
    ],
)
def test_consequence_and_significance_are_reasons(sentence: str) -> None:
    assert weight_of_reason(sentence) >= LEAST_WEIGHT


@pytest.mark.parametrize(
    "sentence",
    [
        "The managed service does not use these versions and was not affected.",
        "Harrow Labs, the largest maker of weather models, said it was reviewing the text.",
        "Fjord will build its own wind farms and turbines, the chief executive said.",
        "The first 300 MW hall is due to be opened in September.",
        "Analysts met in Oslo on Monday.",
    ],
)
def test_plain_facts_are_not(sentence: str) -> None:
    assert weight_of_reason(sentence) < LEAST_WEIGHT


def test_no_comment_is_void() -> None:
    assert is_void("Harrow Labs declined to comment on the terms.")
    assert not is_void("Harrow Labs sells its forecasts to nine airlines.")


@pytest.mark.parametrize(
    ("sentence", "publisher", "expected"),
    [
        ("Harrow Labs sells its weather models at significantly higher prices than Kelp does.", "report", "fact"),
        ("Harrow Labs could become the only seller of weather models in the north.", "report", "analysis"),
        ("Harrow Labs could become the only seller in the north, analysts at Fjord said.", "report", "fact"),
        ("Harrow Labs sells its weather models to nine airlines of the north.", "opinion", "analysis"),
    ],
)
def test_only_unattributed_judgement_is_analysis(sentence: str, publisher: str, expected: str) -> None:
    view = entry(1, "Harrow Labs sells weather models", sentence, kind=publisher)
    (found,) = [p for p in passages([view], view.title, {}) if not p.is_title]
    assert found.kind == expected

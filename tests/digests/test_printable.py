from __future__ import annotations

import pytest

from newsdesk.digests.prose.printable import is_dangling, is_publishable


@pytest.mark.parametrize(
    "sentence",
    [
        "Harrow Labs has raised $400 million in a Series C round led by Fjord Capital.",
        "“We will hire ninety people in our northern offices,” the founder of Harrow Labs said.",
        "The model scores 61.3 on the benchmark, up from 44.2, and competes with Tern 4 (58.2).",
        "Moss AI 周五宣布关闭其翻译服务，公司表示将退还所有费用。",
    ],
)
def test_statements_can_be_printed(sentence: str) -> None:
    assert is_publishable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "We think that the new weather model of Harrow Labs is rather good.",
        "Your weather app may soon use the models that Harrow Labs has trained.",
        "Is the new weather model of Harrow Labs better than the old one?",
        "Learn how Harrow Labs trains its weather models on radar images today.",
        "Harrow Labs has raised money, see https://harrow.example/news for all of it.",
        "Frontier weather with strong results, higher resolution, and a faster variant.",
        "Benchmark Tern 4 Tern 5 Gull 57.7% 54.4% 52.4% 45.7% Kelp 75.1% 60.0% 46.3% was run.",
        "Training on long tasks drives quality gains According to Harrow Labs, it has improved.",
        "It is short.",
        "Harrow Labs has raised money 🚀 for its weather models in the far north.",
        "La empresa Harrow recibió cuatrocientos millones para sus modelos del tiempo.",
    ],
)
def test_what_cannot_be_printed(sentence: str) -> None:
    assert not is_publishable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "He left the company in May.",
        "However, the round was not the last.",
        "On Wednesday, it launched a new model.",
        "“It is fast,” he said.",
        "This means that harbours pay less.",
        "The focus back then was on ferries.",
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str) -> None:
    assert is_dangling(sentence)


@pytest.mark.parametrize(
    "sentence", ["Harrow Labs left Oslo in May.", "Itasca Labs opened.", "Analysts say the deal is large."]
)
def test_what_stands_alone(sentence: str) -> None:
    assert not is_dangling(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Moss will shut down Ferry, its booking agent for trains and ships.", False),
        ("On Monday, its booking agent for trains and ships was shut down.", True),
        ("That pulls in several parts of the plan of the ministry in Oslo.", True),
        ("Larger orders need a licence of the ministry in Oslo.", False),
        ("Larger ones need a licence of the ministry in Oslo.", True),
    ],
)
def test_what_leans_and_what_does_not(sentence: str, expected: bool) -> None:
    assert is_dangling(sentence) is expected

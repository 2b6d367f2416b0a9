from __future__ import annotations

import pytest

from newsdesk.digests.prose.figures import disagreement, figures


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It raised $400M.", [(400e6, "USD")]),
        ("It raised US$1.2 billion in cash.", [(1.2e9, "USD")]),
        ("It raised 1.8 billion dollars.", [(1.8e9, "USD")]),
        ("It raised $1,800 million.", [(1.8e9, "USD")]),
        ("It raised $1.8bn.", [(1.8e9, "USD")]),
        ("It cut 30 jobs, or 10% of staff.", [(30.0, "job"), (10.0, "%")]),
        ("It was founded in 2027 on May 6.", []),
        ("GPT-5 and v2.1 are out.", []),
        ("Some 1,600 employees leave.", [(1600.0, "employee")]),
    ],
)
def test_figures(sentence: str, expected: list[tuple[float, str]]) -> None:
    assert [(figure.value, figure.unit) for figure in figures(sentence)] == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Harrow Labs has raised $400 million in a round.", "Harrow Labs raised $450 million in its new round."),
        (
            "Harrow Labs, a maker of models for ferries, has raised $1.8bn at a valuation of $21bn.",
            "Weather start-up Harrow Labs said on Monday it had raised $1.6 billion from Fjord Capital and others.",
        ),
        ("Harrow Labs laid off 30 employees on Monday.", "Harrow Labs is laying off 40 employees in Oslo."),
    ],
)
def test_disagreement(left: str, right: str) -> None:
    assert disagreement(left, right) is not None
    assert disagreement(right, left) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Harrow Labs raised $400 million in a round.", "Harrow Labs raised $401 million in a round."),
        ("Harrow Labs raised about $400 million in a round.", "Harrow Labs raised $430 million in a round."),
        ("Harrow Labs raised $400 million in a round.", "Harrow Labs is now valued at $700 million."),
        ("Harrow Labs raised $400 million in a round.", "Other Labs of Bergen raised $300 million for its ships."),
        ("Harrow Labs raised $400 million.", "Harrow Labs raised $400 million after $300 million in 2029."),
        ("Harrow Labs has raised $1.6 billion.", "Fjord Capital puts $700 million into Harrow Labs."),
        ("Harrow Labs has raised $1.6 billion.", "Harrow Labs had raised $900 million in total before today."),
        ("Harrow Labs laid off 30 employees.", "Harrow Labs laid off 40 contractors."),
    ],
)
def test_no_disagreement(left: str, right: str) -> None:
    assert disagreement(left, right) is None

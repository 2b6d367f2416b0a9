"""What has changed in a story since it was told, on a set of our own; and the words and numbers it rests on."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsdesk.stories.evaluation.developments import measure_developments, read_told
from newsdesk.stories.threads.amounts import amounts_in, changed_amount, is_same_amount
from newsdesk.stories.threads.developments import Change, find_development

LABELLED = Path(__file__).parents[1] / "data" / "developments.jsonl"
DEAL = ["Kelp Labs agrees to buy port scheduler Brine for $2 billion"]


def test_the_floors() -> None:
    """The words were chosen on this very set; new siblings go in before the words for them."""
    _, figures = measure_developments(read_told(LABELLED))
    assert figures["items"] >= 190
    assert figures["precision"] >= 0.97
    assert figures["recall"] >= 0.95
    assert figures["right_change"] >= 0.97
    assert figures["right_words"] == 1.0


@pytest.mark.parametrize("change", list(Change))
def test_every_change_is_labelled_somewhere(change: Change) -> None:
    assert sum(one.change == change.value for one in read_told(LABELLED)) >= 1


def test_the_command_measures_a_file(tmp_path: Path) -> None:
    out, predictions = StringIO(), tmp_path / "out.jsonl"
    call_command(
        "evaluate", "developments", LABELLED, predictions=predictions, json=True, stdout=out, stderr=StringIO()
    )
    assert json.loads(out.getvalue())["items"] == len(read_told(LABELLED))
    lines = [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()]
    assert {
        "id": "d001",
        "change": "dropped",
        "words": "Dropped: deal to buy port scheduler Brine for $2 billion",
    } in lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no records"),
        ("nonsense", "line 1: this is not JSON"),
        ('{"told": "one", "titles": ["a"]}', "must be lists of texts"),
        ('{"told": ["one"], "titles": ["a"], "change": "vanished"}', '"change" must be empty or one of'),
    ],
)
def test_a_bad_file_gets_one_clear_sentence(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        call_command("evaluate", "developments", path, stderr=StringIO())


@pytest.mark.parametrize(
    "title",
    [
        "Kelp Labs could drop deal to buy Brine",
        "Unions urge Kelp Labs to drop deal to buy Brine",
        "Kelp Labs refuses to scrap Brine deal",
        "Will Kelp Labs walk away from the Brine deal?",
        "Opinion: Kelp Labs should call off the Brine deal",
        "How Kelp Labs nearly walked away from Brine",
        "Kelp Labs, which dropped a deal to buy Moss in May, is to buy Brine",
    ],
)
def test_what_is_wished_feared_asked_or_long_past_changes_nothing(title: str) -> None:
    assert find_development([title], DEAL) is None


@pytest.mark.parametrize(
    "title", ["Kelp Labs forced to drop deal to buy Brine", "Kelp Labs decides to scrap Brine deal"]
)
def test_what_somebody_is_forced_to_do_is_done(title: str) -> None:
    found = find_development([title], DEAL)
    assert found is not None and found.change == Change.DROPPED


def test_a_change_of_another_matter_is_none() -> None:
    assert find_development(["Moss drops deal to sell its subtitles to Riga"], DEAL) is None
    assert find_development(["Kelp Labs drops deal to buy Brine"], []) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$400m", "$400 million"),
        ("$0.4bn", "$400 million"),
        ("2,000,000 users", "2 million users"),
        ("nearly 20 million users", "19.1 million users"),
        ("1,5 Milliarden Euro", "€1.5bn"),
        ("2000万用户", "2000萬用户"),
        ("1.2亿用户", "1億2000万用户"),
        ("two million users", "2 million users"),
    ],
)
def test_one_amount_in_two_spellings(one: str, other: str) -> None:
    left, right = next(amounts_in(one)), next(amounts_in(other))
    assert is_same_amount(left, right)


@pytest.mark.parametrize(("one", "other"), [("20 million users", "2 million users"), ("$400m", "€400m"), ("400", "4%")])
def test_two_amounts(one: str, other: str) -> None:
    assert not is_same_amount(next(amounts_in(one)), next(amounts_in(other)))


def test_versions_and_years_are_no_amounts() -> None:
    assert list(amounts_in("Harbour-3, v2.5 and GPT-5 since 2031")) == []


def test_a_number_of_something_else_is_no_change() -> None:
    counted = frozenset({"keeper", "harbour"})
    assert changed_amount("Breach at 3 harbours", ["Breach exposed 20 keepers"], counted) is None
    assert changed_amount("Breach exposed 30 keepers", ["Breach exposed 20 keepers"], counted) is not None

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsdesk.journal.words import VERBS, Difference, differences, verb_words

ROOT = Path(__file__).resolve().parents[2]
VERB = re.compile(
    r'"((?:story|digest|mailing|delivery|subscriber|suppression|feed|publisher|account|group|mail)\.[a-z_]+)"'
)


def test_only_what_differs_is_told_in_the_order_noted() -> None:
    before = {"headline": "Chips are scarce", "theme": "compute", "is_pinned": False}
    after = {"headline": "Chips are plenty", "theme": "compute", "is_pinned": True, "entries": [3, 5]}
    assert [str(one) for one in differences(before, after)] == [
        "headline: Chips are scarce → Chips are plenty",
        "pinned: no → yes",
        "entries: nothing → 3, 5",
    ]


def test_what_is_deep_or_long_is_whole_on_its_page_and_short_in_the_list() -> None:
    (deep,) = differences({}, {"items": [{"position": 1}]})
    assert deep.after == '[\n {\n  "position": 1\n }\n]'
    (long,) = differences({"text": "a " * 100}, {"text": ""})
    assert long.before == "a " * 100
    assert str(long) == f"text: {('a ' * 30)[:59]}… → nothing"


@pytest.mark.parametrize(
    ("value", "words"), [(None, ""), (False, "no"), (0, "0"), (1.5, "1.5"), ([], ""), ({}, "{}"), ("x", "x")]
)
def test_values_in_words(value: object, words: str) -> None:
    assert [one.after for one in differences({"a": "other"}, {"a": value})] == [words]


def test_equal_states_differ_in_nothing() -> None:
    assert differences({"a": 1}, {"a": 1}) == ()
    assert differences({}, {}) == ()
    assert Difference("a", "", "x").name == "a"


def test_every_verb_that_the_code_notes_has_words() -> None:
    files = [path for folder in ("newsdesk", "feeds") for path in (ROOT / folder).rglob("*.py")]
    noting = [path.read_text(encoding="utf-8") for path in files if path.name != "words.py"]
    verbs = {verb for text in noting if "note_" in text for verb in VERB.findall(text)}
    assert len(verbs) > 3
    assert verbs - set(VERBS) == set()


def test_a_verb_without_words_stands_for_itself() -> None:
    assert verb_words("story.merge") == "Stories merged"
    assert verb_words("new.verb") == "new.verb"

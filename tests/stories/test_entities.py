from __future__ import annotations

from pathlib import Path

import pytest

from newsdesk.stories.entities.find import find_entities, speaks_of_ai

LABELLED = Path(__file__).parent.parent / "data" / "entities.txt"
# On the invented headlines of `tests/data/entities.txt`, over names: one in a hundred may be wrong, one missed.
PRECISION_FLOOR = RECALL_FLOOR = 0.99
FEWEST_HEADLINES = 250


def labelled() -> list[tuple[str, str, set[str]]]:
    lines = [line for line in LABELLED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    parts = [line.rpartition("=>") for line in lines]
    return [(*_title_and_text(said), set(slugs.split())) for said, _, slugs in parts]


def _title_and_text(said: str) -> tuple[str, str]:
    title, _, text = said.strip().partition(" // ")
    return title, text


def slugs(title: str, text: str = "") -> list[str]:
    return [hit.slug for hit in find_entities(title, text)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("OpenAI's GPT-5.4 is out", ["openai", "gpt"]),
        ("GitHub Copilot gets Qwen3.5", ["github-copilot", "qwen"]),
        ("OpenAI发布新模型", ["openai"]),
        ("智谱与豆包", ["zhipu", "doubao"]),
        ("Meta's Llama and Apple Intelligence", ["meta", "llama", "apple", "apple-intelligence"]),
        ("Google Gemini and Google DeepMind", ["google", "gemini", "google-deepmind"]),
        ("SK hynix and TSMC raise prices", ["sk-hynix", "tsmc"]),
    ],
)
def test_names_are_found_with_versions_possessives_and_without_spaces(title: str, expected: list[str]) -> None:
    assert slugs(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "An apple a day",
        "The meta of the game shifted",
        "Claude Dupont wins the race",
        "Claude Monet paintings return",
        "Arm injuries rise among pitchers",
        "Gemini, the crypto exchange, cuts staff",
        "A cursor moves",
        "Reopenair festival",
    ],
)
def test_other_senses_are_left_alone(title: str) -> None:
    assert slugs(title) == []


def test_an_ambiguous_name_counts_where_the_text_speaks_of_ai() -> None:
    assert slugs("Lovable doubles its users", "The AI startup is from Stockholm.") == ["lovable"]
    assert slugs("Lovable characters in a new play", "A comedy.") == []
    assert slugs("Claude for spreadsheets") == ["claude"]
    assert slugs("Claude Dupont asks a model", "Anthropic replies.") == ["anthropic"]
    assert slugs("Arm designs a server chip", "") == ["arm"]


def test_title_and_text_are_told_apart_and_each_entity_comes_once() -> None:
    hits = find_entities("Nvidia sells chips", "Nvidia and OpenAI agreed. OpenAI pays.")
    assert [(hit.slug, hit.in_title, hit.kind, hit.name) for hit in hits] == [
        ("nvidia", True, "company", "Nvidia"),
        ("openai", False, "company", "OpenAI"),
    ]
    assert all(0 < hit.weight <= 1 for hit in hits)
    assert slugs("Quiet day", "x " * 2000 + "OpenAI") == []


def test_companies_known_for_more_than_ai_are_marked() -> None:
    marks = {hit.slug: hit.is_general for hit in find_entities("Amazon, Anthropic and the Pentagon meet Sam Altman")}
    assert marks == {"amazon": True, "anthropic": False, "pentagon": True, "sam-altman": False}


@pytest.mark.parametrize(
    "text",
    ["AI rules", "an A.I. film", "LLMs", "某AI公司", "生成AIの波", "agentic tools", "大模型", "open-weight release"],
)
def test_words_for_ai_are_known(text: str) -> None:
    assert speaks_of_ai(text)


@pytest.mark.parametrize("text", ["rain fails", "AI2026X1", "Aida sings", "a paid agent"])
def test_other_words_are_not_ai(text: str) -> None:
    assert not speaks_of_ai(text)


def test_names_are_found_and_their_other_senses_left_alone() -> None:
    headlines = labelled()
    found = [(set(slugs(title, text)), wanted) for title, text, wanted in headlines]
    right = sum(len(got & wanted) for got, wanted in found)
    assert len(headlines) >= FEWEST_HEADLINES
    assert right / sum(len(got) for got, _ in found) >= PRECISION_FLOOR
    assert right / sum(len(wanted) for _, wanted in found) >= RECALL_FLOOR


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Thinking Machines, Cursor and Cohere sign", ["thinking-machines", "cursor", "cohere"]),
        ("How banks scale AI", []),
        ("Meta, AI labs sign", ["meta"]),
        ("Kimbal Musk opens a school", []),
        ("Kimbal Musk and Elon Musk open a school", ["elon-musk"]),
        ("Amazon fights fires in the Amazon", ["amazon"]),
        ("Cursor adds a mode", ["cursor"]),
        ("A Cursor adds a mode", []),
        ("Devin adds a mode", []),
    ],
)
def test_case_marks_and_place_tell_names_from_words(title: str, expected: list[str]) -> None:
    assert slugs(title) == expected


def test_the_maker_shows_which_one_is_meant() -> None:
    assert slugs("Jules is here") == []
    assert slugs("Jules is here", "A Google spokesman said so.") == ["jules", "google"]
    assert slugs("Jules Farrow is here", "A Google spokesman said so.") == ["google"]


def test_hits_tell_their_makers() -> None:
    hits = find_entities("Demis Hassabis, Gemini and GitHub")
    assert [hit.maker for hit in hits] == ["google-deepmind", "google", "microsoft"]

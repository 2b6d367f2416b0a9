from __future__ import annotations

import pytest

from newsdesk.stories.entities import find_entities, speaks_of_ai


def slugs(title: str, text: str = "") -> list[str]:
    return [hit.slug for hit in find_entities(title, text)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("OpenAI's GPT-5.4 is out", ["openai", "gpt"]),
        ("GitHub Copilot gets Qwen3.5", ["github-copilot", "qwen"]),
        ("OpenAI发布新模型", ["openai"]),
        ("智谱与豆包", ["zhipu", "doubao"]),
        ("Meta's Llama and Apple Intelligence", ["meta", "llama", "apple-intelligence"]),
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


@pytest.mark.parametrize("text", ["AI rules", "an A.I. film", "LLMs", "agentic tools", "大模型", "open-weight release"])
def test_words_for_ai_are_known(text: str) -> None:
    assert speaks_of_ai(text)


@pytest.mark.parametrize("text", ["rain fails", "AI2026X1", "Aida sings", "a paid agent"])
def test_other_words_are_not_ai(text: str) -> None:
    assert not speaks_of_ai(text)

from __future__ import annotations

import pytest

from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.entities.versions import Version, find_versions, versions_of


def told(title: str, text: str = "") -> list[tuple[str, str, str]]:
    return [(version.slug, version.number, version.variant) for version in find_versions(title, text)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("OpenAI ships GPT-5.4 mini", [("gpt", "5.4", "mini")]),
        ("GPT-4o leaves, GPT 5 stays", [("gpt", "4o", ""), ("gpt", "5", "")]),
        ("Claude Opus 4.6 meets Gemini 3.1 Pro", [("claude-opus", "4.6", ""), ("gemini", "3.1", "pro")]),
        ("Claude 4.5 Sonnet at last", [("claude-sonnet", "4.5", "")]),
        ("Gemini Pro 3.1 or Gemini 3.1 Flash-Lite?", [("gemini", "3.1", "pro"), ("gemini", "3.1", "flash-lite")]),
        ("Alibaba opens Qwen3.5-397B-A17B", [("qwen", "3.5", "397b-a17b")]),
        ("DeepSeek-V4 follows DeepSeek R1", [("deepseek-model", "4", ""), ("deepseek-model", "r1", "")]),
        ("Meta pulls Llama 4 Maverick", [("llama", "4", "maverick")]),
        ("Kimi K2.5 by Moonshot AI", [("kimi", "k2.5", "")]),
        ("o3-mini of OpenAI is retired", [("openai-o", "o3", "mini")]),
        ("GPT-5.1-Codex-Max codes all day", [("gpt", "5.1", "codex-max")]),
        ("OpenAI发布GPT-5", [("gpt", "5", "")]),
        ("Mistral Small 4 is out", [("mistral-small", "4", "")]),
        ("Gemma 3n for phones, says Google", [("gemma", "3n", "")]),
    ],
)
def test_a_release_is_told_from_the_next(title: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Gemini 2026 plans leak",
        "Gemini has 750 million users",
        "GPT 5 million users strong",
        "Claude 3 times faster, says Anthropic",
        "Claude24小时",
        "NeoGPT-4 is a toy",
        "ChatGPT at 4",
        "Llama 30% cheaper",
        "Claude Dupont, 45, joins the board",
    ],
)
def test_counts_years_and_shares_are_no_versions(title: str) -> None:
    assert told(title) == []


def test_each_version_comes_once_in_the_order_of_mention() -> None:
    assert told("Sonnet 4.6 for Claude", "Claude Sonnet 4.6 beats GPT-5.4. Sonnet 4.6 costs less.") == [
        ("claude-sonnet", "4.6", ""),
        ("gpt", "5.4", ""),
    ]


def test_hits_that_are_known_are_not_searched_again() -> None:
    title = "Gemini 3.1 Pro against Grok 4.20"
    found = versions_of(find_entities(title)[:1], title)
    assert found == (Version("gemini", "3.1", "pro"),)

"""The sample holds what it promises: enough outlets, entries and stories, every awkward kind, and nothing real."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from newsdesk.sample.dates import fill_dates
from newsdesk.sample.world import DATA, Item, World, read_world
from tests.sample.truth import Truth, read_truth

THEMES = {
    "launches",
    "shutdowns",
    "security",
    "funding",
    "partnerships",
    "policy",
    "lawsuits",
    "research",
    "open-models",
    "compute",
    "people",
    "society",
}
# Companies, products and people of the real industry: none may stand in an invented world.
REAL_NAMES = """
    OpenAI ChatGPT Anthropic Claude Google Gemini DeepMind Alphabet Microsoft Copilot Azure Amazon AWS Meta
    Llama Facebook Instagram WhatsApp Apple Siri Nvidia AMD Intel TSMC Samsung Hynix Micron Broadcom Qualcomm
    Arm Cerebras Groq xAI Grok Tesla Musk Altman Amodei Zuckerberg Nadella Huang Mistral Cohere Perplexity
    DeepSeek Qwen Alibaba Tencent Baidu ByteDance TikTok Huawei Oracle CoreWeave Salesforce Slack GitHub
    GitLab HuggingFace Databricks Snowflake Pinecone LiteLLM LangChain PyPI npm Midjourney Runway Sora Suno
    ElevenLabs Reuters Bloomberg TechCrunch Wired Verge Guardian Twitter YouTube Netflix Spotify Uber Stripe
    PayPal Visa Mastercard SoftBank Sequoia Temasek Nokia Ericsson Siemens SAP Aleph IBM Cisco Dell Android
    iPhone Windows Linux Cursor Replit Figma Adobe Shutterstock Getty Larousse
""".split()


@pytest.fixture(scope="module")
def world() -> World:
    return read_world()


@pytest.fixture(scope="module")
def truth() -> dict[str, Truth]:
    return read_truth()


def day_of(item: Item) -> int:
    """3 is the newest of the three days."""
    return 3 - int(-item.placed // 24)


def test_there_are_outlets_entries_stories_and_days_enough(world: World, truth: dict[str, Truth]) -> None:
    assert len(world.outlets) >= 8
    assert len(world.items) >= 120
    assert 40 <= len({label.story for label in truth.values() if label.relevant}) <= 55
    per_day = Counter(day_of(item) for item in world.items)
    assert set(per_day) == {1, 2, 3}
    assert min(per_day.values()) >= 20
    assert len({item.story for item in world.items if item.relevant and day_of(item) == 3}) >= 20


def test_every_entry_is_labelled_and_has_an_id_of_its_own(world: World, truth: dict[str, Truth]) -> None:
    assert len(truth) == len(world.items)
    assert len({item.slug for item in world.items}) == len(world.items)
    assert {label.theme for label in truth.values() if label.relevant} == THEMES
    assert {item.outlet.slug for item in world.items} == set(world.outlets)


def test_the_newest_day_has_a_lead_with_many_owners_and_others_behind_it(world: World) -> None:
    reports: dict[str, list[Item]] = defaultdict(list)
    for item in world.items:
        if day_of(item) == 3 and item.kind == "report" and item.relevant and not item.copy_of:
            reports[item.story].append(item)
    sizes = sorted(map(len, reports.values()), reverse=True)
    lead = max(reports.values(), key=len)
    assert len({item.outlet.owner_group or item.outlet.slug for item in lead}) >= 6
    assert sum(3 <= size <= 6 for size in sizes[1:]) >= 5
    assert sizes.count(1) >= 3


def test_every_awkward_kind_is_there(world: World, truth: dict[str, Truth]) -> None:
    kinds = Counter(item.kind for item in world.items)
    assert kinds["round_up"] and kinds["old"] and kinds["hostile"]
    whole_copies = [item for item in world.items if item.copy_of and not item.is_cut]
    cut_copies = [item for item in world.items if item.copy_of and item.is_cut]
    assert len(whole_copies) >= 3 and cut_copies
    assert any(item.hours is None for item in world.items)
    assert any(item.summary is None for item in world.items)
    assert any(item.outlet.language != "en" for item in world.items)
    assert any(item.outlet.paywall for item in world.items)
    assert sum(not item.relevant for item in world.items) >= 10
    rewrites = [item for item in world.items if re.search("first reported|broke the news|first to report", _text(item))]
    assert len(rewrites) >= 5
    days_of_threads: dict[str, set[int]] = defaultdict(set)
    for item in world.items:
        if item.thread:
            days_of_threads[item.thread].add(day_of(item))
    assert sum(len(days) > 1 for days in days_of_threads.values()) >= 4
    hostile = [item for item in world.items if item.kind == "hostile"]
    assert any("<script" in item.title and item.link.startswith("javascript:") for item in hostile)
    assert any("gnore previous instructions" in item.hidden for item in hostile)
    assert any(item.first_published_days is not None and item.first_published_days < -700 for item in world.items)


def test_a_copy_is_word_for_word_and_later_than_its_original(world: World) -> None:
    by_slug = {item.slug: item for item in world.items}
    for item in world.items:
        if item.copy_of:
            original = by_slug[item.copy_of]
            assert original.paragraphs[: len(item.paragraphs)] == item.paragraphs
            assert original.placed < item.placed
            assert original.outlet != item.outlet


def test_two_reports_of_one_story_share_no_sentence(world: World) -> None:
    seen: dict[str, str] = {}
    for item in world.items:
        if item.copy_of or item.kind == "round_up":
            continue
        for sentence in re.split(r"(?<=[.?!])\s+", " ".join(item.paragraphs)):
            if len(sentence.split()) > 8:
                assert sentence not in seen, f"{item.slug} repeats {seen.get(sentence)}: {sentence}"
                seen[sentence] = item.slug


def test_articles_are_of_a_readable_length(world: World) -> None:
    for item in world.items:
        words = len(_text(item).split())
        assert 100 <= words <= 450, f"{item.slug}: {words} words"
        assert len(item.paragraphs) >= 3, item.slug


def test_no_real_name_stands_in_the_sample() -> None:
    pattern = re.compile(rf"\b({'|'.join(REAL_NAMES)})\b")
    for path in DATA.rglob("*.*"):
        found = pattern.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found and found[0]}"


def test_dates_are_counted_from_the_base_across_a_year() -> None:
    base = datetime(2026, 12, 31, 7, tzinfo=UTC)
    text = "{day:-1} {tag:0}, {date:+1}, {us:+2}, {de:+60}, {month:+40} {monat:+63} {year} {year:+1}"
    assert fill_dates(text, base) == "Wednesday Donnerstag, 1 January, January 2, 1. März, February März 2026 2027"


def test_no_placeholder_is_left_over(world: World) -> None:
    base = datetime(2026, 3, 1, 7, tzinfo=UTC)
    for item in world.items:
        assert "{" not in fill_dates(f"{item.title} {item.summary} {_text(item)}", base), item.slug


def _text(item: Item) -> str:
    return "\n".join(item.paragraphs)

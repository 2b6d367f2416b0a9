from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsdesk.stories.classifying.relevance import (
    THRESHOLD,
    has_ai_evidence,
    judge_relevance,
    story_relevance,
)
from newsdesk.stories.unsure import is_relevance_unsure

LABELLED = Path(__file__).parent.parent / "data" / "themes.jsonl"
F1_FLOOR, IRRELEVANT_CAUGHT_FLOOR = 0.95, 0.90


def test_relevance_of_the_labelled_set_reaches_its_floors() -> None:
    rows = [json.loads(line) for line in LABELLED.open(encoding="utf-8")]
    judged = [(row["relevant"], judge_relevance(row["title"], row["summary"]).is_relevant) for row in rows]
    both = sum(gold and found for gold, found in judged)
    f1 = 2 * both / sum(gold + found for gold, found in judged)
    caught = [not found for gold, found in judged if not gold]
    assert f1 >= F1_FLOOR
    assert sum(caught) / len(caught) >= IRRELEVANT_CAUGHT_FLOOR


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ferry service resumes after the storm", "Passengers waited for hours."),
        ("Apple opens a shop in Oslo", "The company will hire 40 people."),
        ("harbourlight/heron", "Fast LLM inference in Rust, with agents."),
        ("Save 30% on AI-powered vacuum cleaners", "Our best deals of the week."),
        ("How to build a chatbot with Python: a step-by-step tutorial", "In this post we learn the basics."),
    ],
)
def test_what_is_no_news_of_the_industry_is_turned_away(title: str, text: str) -> None:
    judged = judge_relevance(title, text)
    assert not judged.is_relevant
    assert 0 <= judged.probability < 0.5


@pytest.mark.parametrize(
    "title",
    [
        "OpenAI acquires a robotics startup",
        "Judge orders AI company to hand over training data",
        "Data center boom strains the power grid as Nvidia ships more GPUs",
    ],
)
def test_news_of_the_industry_is_kept(title: str) -> None:
    assert judge_relevance(title, "").is_relevant


def test_a_feed_of_ai_news_only_vouches_for_its_entries() -> None:
    title, text = "Heron 3 writes faster", "The release brings new voices."
    alone = judge_relevance(title, text)
    vouched = judge_relevance(title, text, covers_only_ai=True)
    assert not alone.is_relevant
    assert vouched.probability > alone.probability


def test_evidence_is_a_word_an_entity_or_the_hardware() -> None:
    assert has_ai_evidence("A chatbot for tax questions", "")
    assert has_ai_evidence("Anthropic opens an office in Oslo", "")
    assert has_ai_evidence("A new data centre for the north", "")
    assert not has_ai_evidence("Google opens an office in Oslo", "It said so.")


def test_a_story_is_as_relevant_as_its_reports_and_more_so_when_several_publishers_tell_it() -> None:
    alone, shared = (story_relevance([0.5, 0.6], publishers=publishers) for publishers in (1, 2))
    assert (alone.probability, alone.is_relevant) == (pytest.approx(0.55), False)
    assert THRESHOLD < shared.probability < 1 and shared.is_relevant
    assert not story_relevance([0.02] * 5, publishers=5).is_relevant


def test_a_verdict_near_the_threshold_is_relevance_unsure() -> None:
    assert is_relevance_unsure(THRESHOLD) and is_relevance_unsure(THRESHOLD - 0.1)
    assert not is_relevance_unsure(0.1) and not is_relevance_unsure(0.95)

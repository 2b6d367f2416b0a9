from __future__ import annotations

import pytest

from newsdesk.stories.classifying.forms import forms_of
from newsdesk.stories.entities.find import find_entities, speaks_of_ai


def forms(title: str, text: str = "") -> set[str]:
    return set(forms_of(title, title.lower(), text.lower(), find_entities(title, text), speaks_of_ai(title)))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("OpenAI sues Anthropic", {"two companies", "verb sue", "verb at 1"}),
        ("Why my notes need a chatbot?", {"asks", "starts why", "says i"}),
        ("An AI-powered lamp is $30 off", {"ai-powered", "article", "price"}),
        ("", {"nobody", "no verb"}),
    ],
)
def test_a_headline_shows_who_acts_and_of_what_kind_it_is(title: str, expected: set[str]) -> None:
    assert expected <= forms(title)


def test_a_lead_teaches_reports_or_is_told_by_its_writer() -> None:
    assert "lead teaches" in forms("Chatbots", "In this post we build one.")
    assert {"lead reports", "lead names a day"} <= forms("Chatbots", "The lab said on Monday that it will.")
    assert "lead in first person" in forms("Chatbots", "I asked one.")

"""What a model may say of its sources, and what it may not (L4, L6)."""

from __future__ import annotations

import pytest

from newsdesk.digests.telling.grounding import Cited, faults, locate

QUOTE = (
    "Brightwater said on Tuesday it had raised $1,250 million at a valuation of $9.5 billion, led by Calder Partners."
)
TEXT = (
    "Brightwater raises $1.25bn\n\n"
    + QUOTE
    + "\n\nChief executive Ines Falk told staff: “We will open an office in Lisbon before the summer.” "
    "The round is the largest for a European model maker this year."
)
SOURCE = Cited(TEXT, QUOTE)
EVERYTHING = Cited(TEXT, TEXT)


@pytest.mark.parametrize(
    "good",
    [
        "Brightwater raised $1,250 million in a round led by Calder Partners.",
        "Brightwater has raised $1250 million at a $9.5 billion valuation.",
        "On Tuesday Brightwater raised $1,250 million.",
    ],
)
def test_a_faithful_sentence_passes(good):
    assert faults(good, [SOURCE]) == []


def test_a_verbatim_quotation_passes():
    said = 'Ines Falk, the chief executive, told staff: "We will open an office in Lisbon before the summer."'
    assert faults(said, [EVERYTHING]) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("Brightwater raised $1,350 million, led by Calder Partners.", "number 1350"),
        ("Brightwater raised $1,250 million at a valuation of $95 billion.", "number 95"),
        ("Brightwater raised $1,250 million from Marlow Ventures.", "name Marlow"),
        ("Brightwater and NVIDIA raised $1,250 million.", "name NVIDIA"),
        ('Ines Falk told staff: "We will open an office in Madrid before summer."', "quotation not in its sources"),
        ("Brightwater raised $1,250 million: https://evil.example/claim", "address"),
        ("Brightwater raised <b>$1,250 million</b> led by Calder.", "markup"),
        ("Brightwater raised [$1,250 million](http://x.example).", "markup"),
        ("Brightwater raised $1,250 million\u202e led by Calder.", "control characters"),
        ("Investors elsewhere grow doubtful whether chip supply keeps pace with training demand.", "do not speak of"),
        ("Raised.", "characters long"),
        ("Brightwater " * 60, "characters long"),
    ],
)
def test_an_unfaithful_sentence_is_named(bad, why):
    assert any(why in fault for fault in faults(bad, [EVERYTHING]))


def test_a_number_must_stand_in_what_is_cited_not_just_anywhere():
    elsewhere = Cited(TEXT, "The round is the largest for a European model maker this year.")
    assert any("9.5" in fault for fault in faults("Brightwater is now valued at $9.5 billion.", [elsewhere]))


def test_a_sentence_without_evidence_is_never_published():
    assert "cites nothing" in faults("Brightwater raised money from several investors.", [])


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("raised $1,250 million", "raised $1,250 million"),
        ('"We will open an office', "“We will open an office"),
        ("led  by\nCalder Partners", "led by Calder Partners"),
    ],
)
def test_a_quote_is_found_past_its_typography(quote, stands):
    span = locate(quote, TEXT)
    assert span is not None and TEXT[slice(*span)] == stands


@pytest.mark.parametrize("quote", ["", "   ", "raised $1,251 million"])
def test_a_quote_that_is_not_there_is_not_found(quote):
    assert locate(quote, TEXT) is None

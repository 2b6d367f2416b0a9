from __future__ import annotations

import pytest

from newsdesk.digests.prose.sentences import body_sentences, title_span
from newsdesk.stories.text import shown


def sentences(body: str) -> list[str]:
    text = f"A title\n\n{body}"
    return [text[span.start : span.end] for span in body_sentences(text)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "It cost $4.5 million, U.S. officials said. The end.",
            ["It cost $4.5 million, U.S. officials said.", "The end."],
        ),
        ("Mr. J. Moe of Acme Inc. left. He was 60.", ["Mr. J. Moe of Acme Inc. left.", "He was 60."]),
        ("It opened in the U.S. The firm grew.", ["It opened in the U.S.", "The firm grew."]),
        ("Doors close at 5 p.m. Nobody came.", ["Doors close at 5 p.m. Nobody came."]),
        ("See Fig. 3 for No. 7 of it.", ["See Fig. 3 for No. 7 of it."]),
        ("“It works. It is fast,” she said. Others agree.", ["“It works. It is fast,” she said.", "Others agree."]),
        ("Is it safe? “Yes!” he said. Good.", ["Is it safe?", "“Yes!” he said.", "Good."]),
        ("这是第一句。这是第二句！最后", ["这是第一句。", "这是第二句！"]),
        ("「動くのか？」と聞いた。次へ。", ["「動くのか？」と聞いた。", "次へ。"]),
        ("• A first point.\n• A second point.\n1. A third.", ["A first point.", "A second point.", "A third."]),
        ("What we know\nThe lab closed.", ["The lab closed."]),
        ("The lab sold its\nVoice Shop\n, the owner said.", ["The lab sold its\nVoice Shop\n, the owner said."]),
    ],
)
def test_splits(body: str, expected: list[str]) -> None:
    assert sentences(body) == expected


@pytest.mark.parametrize(
    "furniture",
    [
        "Read more on our site.",
        "Continue reading at the source.",
        "Sign up for the newsletter.",
        "Image credit: Ada Berg.",
        "The post Labs merge appeared first on The Fjord.",
        "Follow us on every platform.",
        "This sentence was cut...",
        "This one was cut too […]",
        "And this has no end",
        "“This quotation was never closed, he said.",
        "[This is a sponsored article.]",
    ],
)
def test_furniture_and_cut_ends_are_dropped(furniture: str) -> None:
    assert sentences(f"The lab opened.\n{furniture}") == ["The lab opened."]


@pytest.mark.parametrize(
    "opening",
    [
        "OSLO, May 6 (Reuters) - ",
        "KUALA LUMPUR, March 17 (Bernama) -- ",
        "SAN FRANCISCO (AP) — ",
        "LONDON (Stannard) - ",
        "SACRAMENTO, March 3 (Stannard) — ",
        "New York (Fjord News Agency) -- ",
        "PITTSBURGH - ",
        "OSLO/BERGEN, May 6, 2031 /NordWire/ -- ",
        "KUALA LUMPUR: ",
        "By Ada Berg | ",
        "May 6, 2031 — ",
        "Abstract: ",
    ],
)
def test_a_span_starts_after_the_dateline(opening: str) -> None:
    assert sentences(f"{opening}The ministry approved the plan.") == ["The ministry approved the plan."]


@pytest.mark.parametrize("sentence", ["GPT - a model - writes the plan.", "Harrow (Oslo) - the lab - opened."])
def test_what_is_no_dateline_stays(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


def test_a_title_run_into_the_first_sentence_is_left_out() -> None:
    title = "Harrow Labs raises $400 million for weather models"
    body = f"News AI {title} The round is led by Fjord Capital. It is large."
    text = f"{title}\n\n{body}"
    assert [text[s.start : s.end] for s in body_sentences(text)] == [
        "The round is led by Fjord Capital.",
        "It is large.",
    ]


def test_order_counts_what_is_left_out() -> None:
    text = "T\n\nOne is here. Read more now. Three is here."
    assert [span.order for span in body_sentences(text)] == [0, 2]


def test_spans_never_reach_into_the_title() -> None:
    text = "A title. Two sentences.\n\nThe body stands here."
    assert [text[s.start : s.end] for s in body_sentences(text)] == ["The body stands here."]
    assert text[slice(*title_span(text))] == "A title. Two sentences."


def test_no_body_no_sentence() -> None:
    assert body_sentences("Only a title") == ()
    assert body_sentences("") == ()


def test_shown_leaves_out_what_nobody_sees() -> None:
    assert shown(" a\n b\u200b\u202e c\u00ad ") == "a b c"

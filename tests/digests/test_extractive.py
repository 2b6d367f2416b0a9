"""Floors for what is told without a model: verbatim, in order, from several sources, and nothing that may not stand."""

from __future__ import annotations

from newsdesk.digests.telling.extractive import summarize
from newsdesk.digests.telling.receipts import extract_faults, resolve
from newsdesk.stories.read import StoryView
from tests.digests.invented import FUNDING, entry, story


def told(s: StoryView, most: int = 5) -> list[tuple[str, str]]:
    return [(sentence.role, sentence.text) for sentence in summarize(s, most=most).sentences]


def test_every_sentence_is_verbatim_with_its_receipt() -> None:
    texts = {e.text_sha256: e.text for e in FUNDING.entries}
    draft = summarize(FUNDING, most=7)
    assert draft.model == "extract"
    for sentence in draft.sentences:
        assert sentence.written_by == "extract"
        assert extract_faults(sentence) == []
        for receipt in sentence.receipts:
            assert resolve(receipt, texts[receipt.text_sha256]) == []


def test_the_headline_is_the_plain_title() -> None:
    assert summarize(FUNDING).headline == "Harrow Labs raises $400 million to build weather models"


def test_what_happened_comes_first_without_its_dateline() -> None:
    role, text = told(FUNDING)[0]
    assert role == "what"
    assert text.startswith("Harrow Labs has raised $4")


def test_conflicting_figures_stand_side_by_side() -> None:
    sentences = summarize(FUNDING).sentences
    both = [n for n, s in enumerate(sentences) if s.role == "conflict"]
    assert [sentences[n].text for n in both] == [
        "Harrow Labs raises $400 million to build weather models",
        "Weather startup Harrow Labs lands $450 million",
    ]
    assert both == [1, 2]
    assert {sentences[n].receipts[0].entry for n in both} == {"e1", "e2"}


def test_a_side_angle_neither_opens_the_story_nor_stands_before_its_details() -> None:
    moss = story(
        5,
        entry(
            1,
            "Kelp drops Moss as it shuts down Ferry, its booking agent",
            "Tromso-based travel agency Kelp has dropped plans for Ferry, the booking agent of Moss, after Moss said "
            "it would shut down the agent. Kelp had tested Ferry with 9,000 customers since March.",
        ),
        entry(
            2,
            "Moss to shut down Ferry, its booking agent, as losses mount",
            "Moss will shut down Ferry, its booking agent for trains and ships, 14 months after its launch in Oslo. "
            "Each ticket cost Moss 41 cents in computing and brought in 9 cents, Moss said in a filing.",
        ),
        entry(
            3,
            "Moss shuts down Ferry",
            "Moss is shutting down Ferry, the booking agent, Moss said on Friday. "
            "Members of Ferry get a refund of $18 in May, Moss said in a note.",
        ),
    )
    sentences = told(moss)
    assert sentences[0][1].startswith("Moss will shut down Ferry")
    assert not any(text.startswith("Moss is shutting down") for _, text in sentences), "the news is told once"
    kelp = [n for n, (_, text) in enumerate(sentences) if "Kelp" in text]
    assert kelp == [] or min(kelp) > next(n for n, (_, text) in enumerate(sentences) if "41 cents" in text)


def test_a_figure_is_not_said_twice() -> None:
    fjord = story(
        6,
        entry(
            1,
            "Norway caps the sale of weather chips to 60,000 a year",
            "Norway will cap the sale of weather chips to 58 ports each year, the ministry said on Sunday. "
            "Ports such as Bergen can buy the equivalent of 60,000 chips a year without a licence from Norway.",
        ),
        entry(
            2,
            "The chip rule of Norway explained",
            "The ministry published its rule on Sunday. "
            "Each port of the middle group gets the equivalent of 60,000 chips a year, Norway says.",
        ),
    )
    assert sum("equivalent of 60,000" in text for _, text in told(fjord, 7)) == 1


def test_no_reason_is_better_than_a_weak_one() -> None:
    body = (
        "Moss AI shuts down its translation service on Friday after a court order in Riga. "
        "Moss AI, the largest maker of translators, said it was reviewing the order of the court in Riga. "
        "The maps of Moss AI do not use the service and were not affected by the order in Riga."
    )
    assert "why" not in {role for role, _ in told(story(7, entry(1, "Moss AI shuts down its translator", body)))}


def test_why_it_matters_comes_last_and_only_from_a_source() -> None:
    assert told(FUNDING)[-1] == (
        "why",
        "Analysts say the deal puts pressure on national weather services, which sell forecasts of their own.",
    )


def test_several_sources_speak() -> None:
    assert {r.entry for s in summarize(FUNDING, most=7).sentences for r in s.receipts} == {"e1", "e2", "e3"}


def test_nothing_dangles_or_talks_to_the_reader() -> None:
    texts = [text for _, text in told(FUNDING, 7)]
    assert "However, none of them would comment." not in texts
    assert not any(text.startswith(("We ", "Sign up", "Read more")) or text.endswith("?") for text in texts)
    assert not any("Ingrid Moe" in text for text in texts), "that sentence was cut off"


def test_a_pronoun_stands_only_after_the_sentence_it_leans_on() -> None:
    sentences = [text for _, text in told(FUNDING, 7)]
    leaning = "It will open a second office in Bergen."
    if leaning in sentences:
        before = sentences[sentences.index(leaning) - 1]
        assert before == "The round values the maker of weather models at $2.1 billion."


def test_length_is_bounded() -> None:
    assert len(summarize(FUNDING, most=1).sentences) == 1
    assert 2 <= len(summarize(FUNDING).sentences) <= 5
    assert len(summarize(FUNDING, most=7).sentences) <= 7


def test_titles_only_give_the_best_title() -> None:
    bare = story(
        2,
        entry(1, "Is this the end of Moss AI?"),
        entry(2, "Moss AI shuts down its translation service after a court order in Riga"),
    )
    draft = summarize(bare)
    (only,) = draft.sentences
    assert only.text == draft.headline == "Moss AI shuts down its translation service after a court order in Riga"
    assert only.receipts[0].entry == "e2"


def test_copies_and_round_ups_say_nothing_twice() -> None:
    body = "Moss AI shuts down its translation service on Friday. The court in Riga ordered a fine of $2 million."
    copied = story(
        3,
        entry(1, "Moss AI shuts down translation", body),
        entry(2, "Moss AI shuts down translation", body, role="copy", duplicate_of="e1"),
        entry(
            3,
            "Ten things today",
            "Moss AI shuts down its service, and nine other things happened too.",
            role="round_up",
        ),
    )
    receipts = [r for s in summarize(copied, most=7).sentences for r in s.receipts]
    assert {r.entry for r in receipts} == {"e1"}
    assert len({r.quote for r in receipts}) == len(receipts)


def test_the_edition_s_language_is_preferred() -> None:
    mixed = story(
        4,
        entry(1, "Moss AI 关闭翻译服务", "Moss AI 周五宣布关闭其翻译服务，公司表示将退还所有费用。", standing=0.9),
        entry(
            2,
            "Moss AI shuts down translation",
            "Moss AI shuts down its translation service on Friday, the company said.",
        ),
    )
    draft = summarize(mixed)
    assert draft.headline == "Moss AI shuts down translation"
    assert {r.entry for s in draft.sentences for r in s.receipts} == {"e2"}


def test_the_order_of_reading_is_stable() -> None:
    assert summarize(FUNDING, most=7) == summarize(FUNDING, most=7)

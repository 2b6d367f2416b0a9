from __future__ import annotations

import pytest

from newsdesk.stories.ranking.novelty import NEW, Account, Kind, Memory, report_of

RAISED = "Anthropic raises $400 million for an office of linguists in Tromsø"
SUED = "Anthropic sues the Pentagon over a ban on its models in weather stations"
OTHERS = (
    "Nvidia opens a school for ferry pilots",
    "OpenAI hires ninety linguists",
    "Mistral maps avalanches for skiers",
)


def account(story: int, *titles: str, text: str = "") -> Account:
    return Account(story, tuple(report_of(title, text) for title in titles))


def memory(*accounts: Account) -> Memory:
    return Memory([*accounts, *(account(90 + n, title) for n, title in enumerate(OTHERS))])


@pytest.mark.parametrize(
    ("again", "repeats"),
    [
        ("Anthropic raises $400 million for its office of linguists in Tromsø", True),
        ("Anthropic's $400M office for linguists in Tromsø", True),
        ("Anthropic raises $900 million for its office of linguists in Tromsø", False),
        ("Anthropic and Mistral open an office for linguists in Tromsø", False),
        ("Anthropic teaches harbours to count puffins", False),
        ("Kelp raises $400 million for a reactor", False),
    ],
)
def test_another_story_repeats_what_was_told_where_it_brings_no_name_no_figure_and_few_words(
    again: str, repeats: bool
) -> None:
    found = memory(account(1, RAISED)).judge(account(2, again))
    assert (found.kind == Kind.REPEATS) is repeats
    assert found.of == (1 if repeats else None)
    assert found == NEW or found.share < 0.6


def test_a_story_without_a_word_of_the_days_before_is_new() -> None:
    assert memory(account(1, RAISED)).judge(account(2, "A whale swims up the Thames")) == NEW
    assert Memory([]).judge(account(2, RAISED)) == NEW


def test_half_of_the_reports_may_say_it_in_other_words_but_none_may_name_anybody_else() -> None:
    known = memory(account(1, RAISED))
    same = "Anthropic raises $400 million for an office of linguists"
    assert known.judge(account(2, same, "Sámi verbs get their own desk at Anthropic")).kind == Kind.REPEATS
    assert known.judge(account(2, same, "Sámi verbs, Anthropic", "Linguists rejoice")).kind == Kind.NEW
    assert known.judge(account(2, same, "Mistral wants Anthropic's linguists")).kind == Kind.NEW


def test_what_was_planned_and_comes_is_a_development() -> None:
    planned = account(1, "Sources: Anthropic plans to open an office for linguists in Tromsø")
    assert memory(planned).judge(account(2, "Anthropic opens its office for linguists in Tromsø")).kind == Kind.NEW
    own = memory(planned).judge(account(1, "Anthropic opens its office for linguists in Tromsø"))
    assert own.kind == Kind.DEVELOPED
    still = memory(planned).judge(account(1, "Report: Anthropic may open an office for linguists in Tromsø"))
    assert still.kind == Kind.REPEATS


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        (["Anthropic sues Pentagon over ban on its models"], Kind.REPEATS),
        (
            ["Anthropic sues the Pentagon over ban of models in weather stations", "Lawsuit: weather models"],
            Kind.REPEATS,
        ),
        (["Judge halts the Pentagon's ban after a hearing in Anthropic's suit"], Kind.DEVELOPED),
        (["Microsoft backs Anthropic in its suit over the ban"], Kind.DEVELOPED),
        (["Anthropic's suit over the Pentagon ban: $3 billion at stake"], Kind.DEVELOPED),
    ],
)
def test_a_story_that_goes_on_needs_a_name_a_figure_or_new_words(later: list[str], kind: Kind) -> None:
    found = memory(account(1, SUED)).judge(account(1, *later))
    assert (found.kind, found.of) == (kind, 1)
    assert found.told_before == pytest.approx(1 / (1 + len(later)))


def test_what_is_new_is_named() -> None:
    found = memory(account(1, SUED)).judge(account(1, "Microsoft puts $3 billion at stake in Anthropic's suit"))
    assert (found.subjects, found.figures) == (("microsoft",), ("$3b",))


def test_figures_and_names_of_the_articles_text_are_known() -> None:
    text = "The suit, which Microsoft backs, puts $3 billion at stake."
    found = memory(account(1, SUED, text=text)).judge(account(1, "Microsoft puts $3 billion into the Anthropic suit"))
    assert (found.subjects, found.figures) == ((), ())

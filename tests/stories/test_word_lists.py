from collections.abc import Callable
from pathlib import Path

import pytest

from newsdesk.stories.titles import kinds
from newsdesk.stories.titles.cleaning import LISTS as CLEANING
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import LISTS as KINDS
from newsdesk.stories.titles.round_up import is_round_up
from newsdesk.stories.word_lists import WordLists
from tests.matching import example_of


def opens_with(kind: str, title: str) -> bool:
    opening = kinds.opening_of(title)
    return opening is not None and opening[0] == kind


# Where an entry of each group is looked for, and what must find it there.
FOUND: dict[str, tuple[str, Callable[[str], object]]] = {
    "bait": ("Kelp: {}", kinds.BAIT.search),
    "tease": ("{} kelp", kinds.TEASE.search),
    "sales_beginning": ("{} kelp", kinds.SALES.search),
    "sales": ("Kelp {} kelp", kinds.SALES.search),
    "personal": ("Kelp {} kelp", kinds.PERSONAL.search),
    "praise": ("Kelp a {} kelp", kinds.is_praise),
    "round_up": ("kelp {}", lambda title: is_round_up(title, "")),
    "round_up_east_asian": ("凯尔普{}", lambda title: is_round_up(title, "")),
    "news_verb_stem": ("Kelp {} Brine", kinds.has_news_verb),
    "news_verb": ("Kelp {} Brine", kinds.has_news_verb),
    "author_beginning": ("{}kelp", kinds.is_by_author),
    "author": ("Kelp {}", kinds.is_by_author),
    "author_deeds": ("Kelp: my {} kelp", kinds.is_by_author),
    "forecast": ("Kelp {}", kinds.is_forecast),
    "weighty": ("Kelp {} kelp", kinds.is_weighty),
    "comment_beginning": ("“{}” kelp", kinds.is_comment),
    "comment": ("Kelp {} kelp", kinds.is_comment),
    "hedged_beginning": ("{}: kelp", kinds.is_hedged),
    "hedged": ("Kelp {} kelp", kinds.is_hedged),
    "opening_first_person": ("{} kelp", lambda title: opens_with("first_person", title)),
    "opening_question": ("{} kelp", lambda title: opens_with("asks", title)),
    "opening_article": ("{} kelp", lambda title: opens_with("article", title)),
    "opening_label": ("{}: kelp", lambda title: opens_with("label", title)),
}


def test_word_lists(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text("# Ports.\nport = '''\nquay\nberths?\nat sea[ ]\n'''\n\nplain = '''\na an\nthe\n'''\n", "utf-8")
    lists = WordLists(path)
    assert list(lists) == ["port", "plain"]
    assert lists.entries("port") == ("quay", "berths?", "at sea[ ]")
    assert lists.any_of("port") == "(?:quay|berths?|at sea[ ])"
    assert lists.words("plain") == {"a", "an", "the"}


@pytest.mark.parametrize("group", list(KINDS))
def test_every_entry_tells_the_kind_of_a_title(group: str) -> None:
    place, finds = FOUND[group]
    missed = [entry for entry in KINDS.entries(group) if not finds(place.format(example_of(entry)))]
    assert not missed
    assert not finds("Kelp, brine")


@pytest.mark.parametrize("label", CLEANING.entries("labels"))
def test_every_label_is_taken_off_a_title(label: str) -> None:
    assert printed_title(f"{example_of(label)}: Kelp buys Brine") == "Kelp buys Brine"


@pytest.mark.parametrize("outlet", sorted(CLEANING.words("outlets")))
def test_every_outlet_is_taken_off_a_title(outlet: str) -> None:
    assert printed_title(f"Kelp buys Brine - {outlet.title()}") == "Kelp buys Brine"

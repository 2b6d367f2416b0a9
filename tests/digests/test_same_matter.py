from __future__ import annotations

from newsdesk.digests.choosing.same_matter import is_same_matter, matter_of
from tests.digests.invented import entry, story


def test_a_product_counts_for_its_maker_and_acts_are_read_from_titles() -> None:
    one = matter_of(story(1, entry(1, "Anthropic sues Microsoft over Claude")))
    other = matter_of(story(2, entry(2, "Judge hears Claude's maker and Microsoft")))
    assert one.acts == {"law"} <= other.acts
    assert len(one.parties) == 2 and len(one.parties & other.parties) == 2


def test_the_same_parties_and_act_are_one_matter_others_are_not() -> None:
    suit = matter_of(story(1, entry(1, "Anthropic sues Microsoft over contracts")))
    hearing = matter_of(story(2, entry(2, "Judge hears Anthropic's lawsuit against Microsoft")))
    launch = matter_of(story(3, entry(3, "Anthropic brings Claude to Microsoft Word")))
    alone = matter_of(story(4, entry(4, "Anthropic sues a reseller")))
    assert is_same_matter(suit, hearing, 0.13, 0.0) and is_same_matter(suit, hearing, 0.0, 0.09)
    assert not is_same_matter(suit, hearing, 0.05, 0.02), "nothing else in common"
    assert not is_same_matter(suit, launch, 0.2, 0.1), "the parties do something else"
    assert not is_same_matter(suit, alone, 0.13, 0.09), "with somebody else"

from __future__ import annotations

import pytest

from newsdesk.stories.ranking.consequence import kinds_of
from newsdesk.stories.ranking.sources import is_anybodys, is_first_rank, source_class
from tests.digests.invented import entry


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("Kelp buys Brine", {"money"}),
        ("Judge blocks Kelp's takeover of Brine", {"law", "ending", "money"}),
        ("Senate votes for a bill on harbour models", {"state"}),
        ("Kelp lays off 400", {"ending"}),
        ("Attackers steal Kelp's weights", {"attack"}),
        ("Kelp releases Claude 9", {"launch", "model"}),
        ("Memo: Kelp is in talks with Brine", {"scoop"}),
        ("Why harbours matter", {"talk"}),
        ("海藻公司收购海盐公司", {"money"}),
        ("海藻社、社長が辞任", {"ending"}),
        ("Kelp maps a harbour", set()),
        ("Kelp courtyard bills itself as a dealership", set()),
    ],
)
def test_what_an_event_changes_is_told_by_its_title(title: str, kinds: set[str]) -> None:
    assert kinds_of(title) == kinds


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://old.reddit.com/r/kelp", "forum"),
        ("https://github.com/kelp/harbour", "code"),
        ("https://github.blog/harbour", "outlet"),
        ("https://huggingface.co/kelp/harbour", "code"),
        ("https://huggingface.co/blog/harbour", "outlet"),
        ("https://huggingface.co/papers/2603.1", "paper"),
        ("https://x.com/kelp/status/1", "microblog"),
        ("https://notx.com/kelp", "outlet"),
        ("https://ada.substack.com/p/harbour", "blog"),
        ("https://www.techmeme.com/1", "aggregator"),
        ("https://fjord-times.example/harbour", "outlet"),
        ("", "outlet"),
    ],
)
def test_a_site_is_of_a_kind(url: str, kind: str) -> None:
    assert source_class(url) == kind


def test_an_aggregators_line_is_first_rank_by_the_outlet_that_it_names_never_by_itself() -> None:
    line = entry(1, "Kelp buys Brine (Ada Berg/Bloomberg)", url="https://techmeme.com/1", publisher="Techmeme")
    other = entry(2, "Kelp buys Brine (Ada Berg/The Fjord Times)", url="https://techmeme.com/2", publisher="Techmeme")
    assert is_first_rank(line) and not is_first_rank(other)
    assert is_first_rank(entry(3, "Kelp buys Brine", publisher="Reuters"))
    assert is_anybodys(entry(4, "Kelp buys Brine", kind="opinion")) and not is_anybodys(line)

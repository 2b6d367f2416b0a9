from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from newsdesk.stories.ranking.age import OLD_AFTER, FirstPublic, old_since
from tests.stories.rows import NOON


@dataclass(frozen=True)
class Seen:
    title: str = "Kelp maps a harbour"
    published_at: datetime | None = None
    first_public_at: datetime | None = None
    seen_at: datetime = NOON
    role: str = "report"


def before(**time: int) -> datetime:
    return NOON - timedelta(**time)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([Seen(published_at=before(hours=3))], ""),
        ([Seen()], ""),
        ([Seen(published_at=NOON, first_public_at=before(days=62))], "3 March"),
        ([Seen(published_at=before(days=400))], "30 March 2025"),
        ([Seen(), Seen(first_public_at=before(days=62))], "3 March"),
        ([Seen("A visual guide to harbours (2019)")], "2019"),
        ([Seen(published_at=before(hours=1)), Seen("A guide to harbours (2019)")], "2019"),
        ([Seen(published_at=before(hours=1)), Seen(published_at=NOON), Seen("A guide to harbours (2019)")], ""),
        ([Seen("A visual guide to harbours [2026]")], ""),
        ([Seen("Kelp sells 2019 harbours")], ""),
        ([Seen(published_at=before(days=62), role="round_up")], ""),
        ([Seen(published_at=before(days=62), role="round_up"), Seen()], ""),
        ([Seen(published_at=datetime(1970, 1, 1, tzinfo=NOON.tzinfo))], ""),
        ([Seen(published_at=before(hours=-5), first_public_at=None)], ""),
    ],
)
def test_old_news_is_what_was_public_long_before_it_was_seen(entries: list[Seen], words: str) -> None:
    found = old_since(entries)
    assert (found.in_words(NOON) if found else "") == words


def test_a_story_seen_at_once_is_not_old_however_long_it_goes_on() -> None:
    first = Seen(published_at=before(days=9), seen_at=before(days=9))
    assert old_since([first, Seen(published_at=NOON)]) is None


def test_the_limit_itself_is_not_old() -> None:
    assert old_since([Seen(published_at=NOON - OLD_AFTER)]) is None
    moment = NOON - OLD_AFTER - timedelta(seconds=1)
    assert old_since([Seen(published_at=moment)]) == FirstPublic(moment)

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from newsdesk.stories.ranking.age import OLD_AFTER, FirstPublic, old_since
from tests.stories.rows import NOON


@dataclass(frozen=True)
class Seen:
    title: str = "Kelp maps a harbour"
    url: str = "https://kelp.example/harbour"
    text: str = ""
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


def test_a_known_window_has_its_own_limit() -> None:
    opened = before(hours=10)
    early = Seen(published_at=before(hours=35))
    assert old_since([early]) is None
    found = old_since([early], after=opened)
    assert found is not None and found.in_words(NOON) == "3 May"
    assert old_since([Seen(published_at=before(hours=33))], after=opened) is None


def test_a_bare_day_is_the_whole_day() -> None:
    midnight = NOON.replace(hour=0) - timedelta(days=1)
    assert old_since([Seen(published_at=midnight)], after=NOON - timedelta(hours=1)) is None
    yesterday = midnight - timedelta(days=1, minutes=1)
    assert old_since([Seen(published_at=yesterday)], after=NOON - timedelta(hours=1)) is not None


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Seen(url="https://kelp.example/2023/03/14/harbour", published_at=NOON), "14 March 2023"),
        (Seen(url="https://arxiv.org/abs/1904.01234", published_at=NOON), "April 2019"),
        (
            Seen(text="Kelp maps a harbour\n\nFirst published: 4 January 2025. Kelp …", published_at=NOON),
            "4 January 2025",
        ),
        (Seen(url="https://kelp.example/2026/05/04/harbour", published_at=NOON), ""),
        (Seen(url="https://arxiv.org/abs/2605.01234", published_at=NOON), ""),
    ],
)
def test_addresses_and_texts_tell_age_whatever_the_feed_says(entry: Seen, words: str) -> None:
    found = old_since([entry], after=before(hours=5))
    assert (found.in_words(NOON) if found else "") == words
